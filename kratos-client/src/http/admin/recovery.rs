//! [`AdminRecovery`] over HTTP.

use crate::{
    api::admin::recovery::{
        AdminRecovery, CreateRecoveryCode, CreateRecoveryLink, RecoveryCodeForIdentity,
        RecoveryFlowType, RecoveryLinkForIdentity,
    },
    http::{KratosClient, admin::admin_request},
    model::identity::IdentityId,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Endpoint, Error};
use serde::Serialize;
use serde_with::skip_serializing_none;
use std::time::Duration;

#[skip_serializing_none]
#[derive(Serialize)]
struct Body<'a> {
    identity_id: &'a IdentityId,
    expires_in: Option<String>,
    flow_type: Option<&'static str>,
}

#[async_trait]
impl AdminRecovery for KratosClient {
    async fn create_recovery_code(
        &self,
        request: &CreateRecoveryCode,
    ) -> Result<RecoveryCodeForIdentity, Error> {
        let operation = "create recovery code";
        let flow_type = request.flow_type.map(|kind| match kind {
            RecoveryFlowType::Browser => "browser",
            RecoveryFlowType::Api => "api",
        });
        let expires_in = request.expires_in.map(go_duration);
        let body = Body { identity_id: &request.identity_id, expires_in, flow_type };
        let create = |admin: &Endpoint| {
            Ok(admin.request(operation, Method::POST, "/admin/recovery/code").json(&body))
        };
        self.send_current_admin(operation, create).await?.expect(StatusCode::CREATED)?.json()
    }

    async fn create_recovery_link(
        &self,
        request: &CreateRecoveryLink,
    ) -> Result<RecoveryLinkForIdentity, Error> {
        let operation = "create recovery link";
        let expires_in = request.expires_in.map(go_duration);
        let body = Body { identity_id: &request.identity_id, expires_in, flow_type: None };
        let create = |admin: &Endpoint, version| {
            let (post, route) = ((operation, Method::POST), "/admin/recovery/link");
            let create = admin_request(admin, version, post, route, &[])?.json(&body);
            // Kratos v0.8 ignores it.
            Ok(create.query_if_set("return_to", request.return_to.as_ref()))
        };
        let (_, response) = self.send_admin(operation, create).await?;
        response.expect(StatusCode::OK)?.json()
    }
}

/// Formats a duration for the server, in milliseconds.
fn go_duration(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}
