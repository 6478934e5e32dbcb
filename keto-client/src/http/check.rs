//! Checks over HTTP.

use crate::{
    api::permissions::{Check, Decision, Permissions},
    http::{KetoClient, api_version::DetectedVersion, wire::WireDecision},
    model::{
        name::{Namespace, Object, Relation},
        tuple::RelationTuple,
    },
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, Instant, Request, Response, as_one_operation_since};

#[async_trait]
impl Permissions for KetoClient {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let started = Instant::now();
        // The usual way is one request, which needs nothing around it.
        if let Some(version) = self.0.version.get() {
            let response = self.read("check")?.send(self.check_request(version, check)?).await?;
            if !response.is_route_not_found() || !self.0.version.contradict(version) {
                return decision(response, version);
            }
        }
        Box::pin(as_one_operation_since(started, self.detect_and_check(check))).await
    }
}

impl KetoClient {
    async fn detect_and_check(&self, check: &Check) -> Result<Decision, Error> {
        let request = |version| self.check_request(version, check);
        let (version, response) =
            self.send_versioned(self.read("check")?, "check", request).await?;
        decision(response, version)
    }

    /// The tuple goes in a body, so that no subject reaches a log of URLs on the way.
    fn check_request(&self, version: DetectedVersion, check: &Check) -> Result<Request, Error> {
        let request = match version {
            DetectedVersion::Current => self.0.check.get("check")?.clone(),
            DetectedVersion::V0_7 => {
                let RelationTuple { namespace, object, relation, .. } = &check.tuple;
                refuse_empty("check", namespace, object, relation)?;
                self.read("check")?.request("check", Method::POST, "/check").idempotent()
            }
        };
        Ok(request.query_if_set("max-depth", check.max_depth).json(&check.tuple))
    }
}

/// Only a response that says the same in its status and its body decides. v0.7 says "denied" by
/// 403, which a proxy says, too: without `"allowed":false` it is an error.
pub(super) fn decision(response: Response, version: DetectedVersion) -> Result<Decision, Error> {
    let (ok, status) = (StatusCode::OK, response.status());
    let says_denied = version == DetectedVersion::V0_7 && status == StatusCode::FORBIDDEN;
    if !(status == ok || says_denied) {
        return Err(response.into_error());
    }
    // A decision has no `error` in it, so only what is none can be the server's error.
    let allowed = match response.json_object() {
        Ok(WireDecision { allowed, error: None }) => allowed,
        _ if response.server_error().is_some() => return Err(response.into_error()),
        Ok(_) => return Err(response.unexpected("a decision with an error in it")),
        Err(error) => return Err(error),
    };
    match (status, allowed) {
        (_, false) => Ok(Decision::Denied),
        (StatusCode::OK, true) => Ok(Decision::Allowed),
        _ => Err(response.unexpected("status 403 that says allowed")),
    }
}

/// To v0.7 an empty name is any name: asked for `app:#read@ann`, it allows where Ann may read
/// anything at all. Today's Keto takes it for a name that nothing has.
pub(super) fn refuse_empty(
    operation: &'static str,
    namespace: &Namespace,
    object: &Object,
    relation: &Relation,
) -> Result<(), Error> {
    if ![namespace.as_str(), object.as_str(), relation.as_str()].contains(&"") {
        return Ok(());
    }
    Err(Error::invalid_input(operation, "an empty name means any name to Keto v0.7"))
}
