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
use ory_http::{Endpoint, Error, Instant, Request, Response, with_shared_deadline_since};

#[async_trait]
impl Permissions for KetoClient {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let started = Instant::now();
        // Usually the version is known, and a single request needs no shared deadline.
        if let Some(version) = self.0.version.get() {
            let read = self.read("check")?;
            let response = read.send(self.check_request(version, check)?).await?;
            if !response.is_route_not_found() || !self.0.version.invalidate(version) {
                return observed(read, decision(response, version));
            }
        }
        Box::pin(with_shared_deadline_since(started, self.detect_and_check(check))).await
    }
}

impl KetoClient {
    async fn detect_and_check(&self, check: &Check) -> Result<Decision, Error> {
        let request = |version| self.check_request(version, check);
        let read = self.read("check")?;
        let (version, response) = self.send_versioned(read, "check", request).await?;
        observed(read, decision(response, version))
    }

    /// The tuple is sent in the body, so that no proxy logs a subject as part of the URL.
    fn check_request(&self, version: DetectedVersion, check: &Check) -> Result<Request, Error> {
        let request = match version {
            DetectedVersion::Current => self.0.check.get("check")?.clone(),
            DetectedVersion::V0_7 => {
                let RelationTuple { namespace, object, relation, .. } = &check.tuple;
                reject_empty_names("check", namespace, object, relation)?;
                self.read("check")?.request("check", Method::POST, "/check").idempotent()
            }
        };
        Ok(request.query_if_set("max-depth", check.max_depth).json(&check.tuple))
    }
}

/// Tells the observer of a decision.
fn observed(read: &Endpoint, decision: Result<Decision, Error>) -> Result<Decision, Error> {
    decision.inspect(|decision| read.observe_decision("check", decision.name()))
}

/// Returns the decision if the status and the body agree. v0.7 denies with status 403, which a proxy
/// can send as well: without `"allowed":false` it is an error.
pub(super) fn decision(response: Response, version: DetectedVersion) -> Result<Decision, Error> {
    let (ok, status) = (StatusCode::OK, response.status());
    let is_denied_status = version == DetectedVersion::V0_7 && status == StatusCode::FORBIDDEN;
    if !(status == ok || is_denied_status) {
        return Err(response.into_error());
    }
    // A decision never contains an `error`.
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

/// Rejects empty names for v0.7, which treats them as wildcards: it allows `app:#read@ann` if Ann may
/// read any object. Current versions of Keto treat them as names that do not exist.
pub(super) fn reject_empty_names(
    operation: &'static str,
    namespace: &Namespace,
    object: &Object,
    relation: &Relation,
) -> Result<(), Error> {
    if ![namespace.as_str(), object.as_str(), relation.as_str()].contains(&"") {
        return Ok(());
    }
    Err(Error::invalid_input(operation, "Keto v0.7 treats an empty name as a wildcard"))
}
