//! Recovery codes and links over HTTP.

use crate::http::{admin::KratosClient, list::append};
use crate::{
    api::admin::recovery::{
        AdminRecovery, CreateRecoveryCode, CreateRecoveryLink, RecoveryCodeCreated,
        RecoveryFlowType, RecoveryLinkCreated,
    },
    http::api_version::Known,
    model::identity::IdentityId,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Error;
use ory_http::Request;
use serde::Serialize;
use std::time::Duration;

#[derive(Serialize)]
struct Body<'a> {
    identity_id: &'a IdentityId,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_type: Option<&'static str>,
}

#[async_trait]
impl AdminRecovery for KratosClient {
    async fn create_recovery_code(
        &self,
        request: &CreateRecoveryCode,
    ) -> Result<RecoveryCodeCreated, Error> {
        let operation = "create recovery code";
        let url = self.current_admin(operation, &["recovery", "code"]).await?;
        let flow_type = request.flow_type.map(|kind| match kind {
            RecoveryFlowType::Browser => "browser",
            RecoveryFlowType::Api => "api",
        });
        let expires_in = request.expires_in.map(go_duration);
        let body = Body { identity_id: &request.identity, expires_in, flow_type };
        self.ask(Request::new(operation, Method::POST, url).json(&body), StatusCode::CREATED).await
    }

    async fn create_recovery_link(
        &self,
        request: &CreateRecoveryLink,
    ) -> Result<RecoveryLinkCreated, Error> {
        let operation = "create recovery link";
        let (dialect, mut url) = self.admin(operation, &["recovery", "link"]).await?;
        if dialect == Known::Current {
            append(&mut url, "return_to", request.return_to.as_ref());
        }
        let expires_in = request.expires_in.map(go_duration);
        let body = Body { identity_id: &request.identity, expires_in, flow_type: None };
        self.ask(Request::new(operation, Method::POST, url).json(&body), StatusCode::OK).await
    }
}

/// A time as the server reads it.
fn go_duration(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}
