//! Test logins over HTTP.

use crate::{
    api::test_login::TestLogin,
    cookie_header::CookieHeader,
    flow::{
        kind::Login,
        model::{Flow, FlowId},
    },
    http::KratosClient,
};
use async_trait::async_trait;
use http::{Method, StatusCode, header::COOKIE};
use ory_http::{Endpoint, Error};
use serde_json::json;

#[async_trait]
impl TestLogin for KratosClient {
    async fn create_test_login_flow(&self, provider_id: &str) -> Result<Flow<Login>, Error> {
        let operation = "create test login flow";
        let body = json!({"provider_id": provider_id});
        let create = |admin: &Endpoint| {
            Ok(admin.request(operation, Method::POST, "/admin/test-login-flows").json(&body))
        };
        let response = self.send_current_admin(operation, create).await?;
        response.expect(StatusCode::CREATED)?.json_object()
    }

    async fn delete_test_login_flow(
        &self,
        id: &FlowId,
        cookies: &CookieHeader,
    ) -> Result<(), Error> {
        let (operation, route) = ("delete test login flow", "/self-service/login/test");
        let public = self.public(operation)?;
        let mut delete = public.request(operation, Method::DELETE, route);
        if let Some(cookie) = cookies.test_flow_cookie() {
            delete = delete.header(COOKIE, cookie);
        }
        let response = public.send(delete.query("id", id)).await?;
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }
}
