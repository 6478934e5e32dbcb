//! Checks over HTTP.

use crate::http::{KetoClient, api_version::Known, append_depth, wire::WireDecision};
use crate::{
    api::permissions::{Check, Decision, Permissions},
    model::{
        name::{Namespace, Object, Relation},
        tuple::RelationTuple,
    },
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind};
use ory_http::{Request, Response};

#[async_trait]
impl Permissions for KetoClient {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        // What is one request has the time limit of one, and needs no other around it.
        match self.0.dialect.get_known() {
            Some(dialect) => self.ask(dialect, check).await,
            None => Box::pin(self.find_and_ask(check)).await,
        }
    }
}

impl KetoClient {
    async fn find_and_ask(&self, check: &Check) -> Result<Decision, Error> {
        let ask = async { self.ask(self.dialect().await?, check).await };
        self.0.transport.as_one_call("check", ask).await
    }

    /// The question goes in a body, so that no subject reaches a log of URLs on the way.
    async fn ask(&self, dialect: Known, check: &Check) -> Result<Decision, Error> {
        let mut url = match dialect {
            Known::Current => self.0.check.clone(),
            Known::V0_7 => {
                let RelationTuple { namespace, object, relation, .. } = &check.tuple;
                refuse_empty("check", namespace, object, relation)?;
                self.0.read.join(["check"])
            }
        };
        append_depth(&mut url, check.max_depth);
        let request = Request::new("check", Method::POST, url).json(&check.tuple).repeatable();
        decision(self.0.transport.send(request).await?, dialect)
    }
}

/// Only an answer that says one thing in both its status and its body decides. v0.7 says "denied"
/// by 403, which a proxy says, too: without `"allowed":false` it is an error.
pub(super) fn decision(answer: Response, dialect: Known) -> Result<Decision, Error> {
    let (ok, status) = (StatusCode::OK, answer.status());
    let says_denied = dialect == Known::V0_7 && status == StatusCode::FORBIDDEN;
    if !(status == ok || says_denied) {
        return Err(answer.into_error());
    }
    // What is a decision has no `error` in it, so only what is none can be the server's word on
    // what went wrong.
    let allowed = match answer.json_object() {
        Ok(WireDecision { allowed, error: None }) => allowed,
        _ if answer.server_error().is_some() => return Err(answer.into_error()),
        Ok(_) => return Err(answer.unexpected("a decision with an error in it")),
        Err(error) => return Err(error),
    };
    match (status, allowed) {
        (_, false) => Ok(Decision::Denied),
        (StatusCode::OK, true) => Ok(Decision::Allowed),
        _ => Err(answer.unexpected("status 403 that says allowed")),
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
    let problem = "an empty name means any name to Keto v0.7".to_owned();
    Err(Error::new(operation, ErrorKind::InvalidInput { problem }))
}
