//! Checks over HTTP.

use super::{KetoClient, dialect::Known, wire::WireDecision};
use crate::{Check, Decision, Error, Permissions};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Answer, Request};

#[async_trait]
impl Permissions for KetoClient {
    /// The question goes in a body, so that no subject reaches a log of URLs on the way.
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let dialect = self.dialect().await?;
        let mut url = match dialect {
            Known::Current => self.0.read.join(["relation-tuples", "check", "openapi"]),
            Known::V0_7 => self.0.read.join(["check"]),
        };
        if let Some(depth) = check.max_depth {
            url.query_pairs_mut().append_pair("max-depth", &depth.to_string());
        }
        let request = Request::new("check", Method::POST, url).json(&check.tuple).repeatable();
        decision(self.0.transport.send(request).await?, dialect)
    }
}

/// Only an answer that says one thing in both its status and its body decides. v0.7 says "denied"
/// by 403, which a proxy says, too: without `"allowed":false` it is an error.
fn decision(answer: Answer, dialect: Known) -> Result<Decision, Error> {
    let (ok, status) = (StatusCode::OK, answer.status());
    let says_denied = dialect == Known::V0_7 && status == StatusCode::FORBIDDEN;
    if answer.server_error().is_some() || !(status == ok || says_denied) {
        return Err(answer.into_error());
    }
    match (status, answer.json::<WireDecision>()?.allowed) {
        (_, false) => Ok(Decision::Denied),
        (StatusCode::OK, true) => Ok(Decision::Allowed),
        _ => Err(answer.unexpected("status 403 that says allowed")),
    }
}
