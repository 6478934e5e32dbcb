//! Expanding subject sets over HTTP.

use super::{KetoClient, append_depth, dialect::Known};
use crate::{Error, Expand, ExpandRequest, SubjectTree};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Answer, Request};
use serde::Deserialize;

/// What v0.7, which insists on a depth, is asked for: the limit that today's servers have by
/// default.
const V0_7_DEPTH: u32 = 5;

#[async_trait]
impl Expand for KetoClient {
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
        let operation = "expand";
        let ExpandRequest { set, max_depth } = request;
        let (mut url, depth) = match self.dialect().await? {
            Known::Current => (self.0.read.join(["relation-tuples", "expand"]), *max_depth),
            Known::V0_7 => {
                super::check::refuse_empty(operation, &set.namespace, &set.object, &set.relation)?;
                (self.0.read.join(["expand"]), Some(max_depth.unwrap_or(V0_7_DEPTH)))
            }
        };
        url.query_pairs_mut()
            .append_pair("namespace", set.namespace.as_str())
            .append_pair("object", set.object.as_str())
            .append_pair("relation", set.relation.as_str());
        append_depth(&mut url, depth);
        tree(self.0.transport.send(Request::new(operation, Method::GET, url)).await?)
    }
}

/// Today's Keto says "nothing there" by a bare error in a 200; a 404 would be the status for it.
fn tree(answer: Answer) -> Result<Option<SubjectTree>, Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {
        #[serde(rename = "code")]
        _code: NotFound,
        #[serde(rename = "status")]
        _status: Option<String>,
        #[serde(rename = "message")]
        _message: String,
    }
    #[derive(Deserialize)]
    #[serde(try_from = "u16")]
    struct NotFound;
    impl TryFrom<u16> for NotFound {
        type Error = &'static str;
        fn try_from(code: u16) -> Result<Self, &'static str> {
            (code == 404).then_some(Self).ok_or("not a 404")
        }
    }
    let may_say_nothing = matches!(answer.status(), StatusCode::OK | StatusCode::NOT_FOUND);
    if may_say_nothing && answer.json::<Nothing>().is_ok() {
        return Ok(None);
    }
    match answer.status() {
        // v0.7 says `null`.
        StatusCode::OK if answer.server_error().is_none() => answer.json(),
        _ => Err(answer.into_error()),
    }
}
