//! `/self-service/logout`.

use crate::http::KratosClient;
use crate::model::set_cookies::SetCookies;
use crate::{
    api::logout::{Logout, LogoutUrl},
    cookie_header::CookieHeader,
    credential::{Credential, SessionToken},
    flow::caller::Caller,
};
use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use ory_http::Error;
use serde::Deserialize;
use serde_json::json;
use url::Url;

#[derive(Deserialize)]
struct Flow {
    logout_url: Url,
}

#[async_trait]
impl Logout for KratosClient {
    async fn logout_url(
        &self,
        credential: &Credential,
        return_to: Option<Url>,
    ) -> Result<Option<LogoutUrl>, Error> {
        let public = &self.0.public;
        let request = public
            .request("logout url", Method::GET, "/self-service/logout/browser")
            .query_if_set("return_to", return_to)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let Some(request) = self.authenticate(request, credential)? else { return Ok(None) };
        let response = public.send(request).await?;
        if response.status() == StatusCode::UNAUTHORIZED && response.server_error().is_some() {
            return Ok(None);
        }
        let flow: Flow = response.expect(StatusCode::OK)?.json_object()?;
        Ok(Some(LogoutUrl::new(flow.logout_url)))
    }

    /// Goes to the server that the client was given, with nothing but the token of the URL.
    async fn log_out_browser(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        let operation = "log out browser";
        let token = url.expose().query_pairs().find(|(name, _)| name == "token");
        let missing = || Error::invalid_input(operation, "the logout URL has no token");
        let (_, token) = token.ok_or_else(missing)?;
        let public = &self.0.public;
        let request = public.request(operation, Method::GET, "/self-service/logout");
        let request = request.query("token", token).not_idempotent();
        let request = self.on_behalf_of(request, &Caller::Browser(cookies.clone()));
        let response = public.send(request).await?.expect(StatusCode::NO_CONTENT)?;
        Ok(SetCookies::of(response.headers()))
    }

    async fn log_out_app(&self, token: &SessionToken) -> Result<(), Error> {
        let public = &self.0.public;
        let request = public
            .request("log out app", Method::DELETE, "/self-service/logout/api")
            .json(&json!({"session_token": token.expose()}))
            .idempotent();
        public.send(request).await?.expect(StatusCode::NO_CONTENT).map(drop)
    }
}
