//! Expanding subject sets over HTTP.

use crate::http::{KetoClient, api_version::Known, append_depth};
use crate::{
    api::expand::{Expand, ExpandRequest},
    model::tree::SubjectTree,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Error;
use ory_http::{Request, Response};
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

/// Today's Keto says "nothing there" by an error without its envelope, in a 200. A 404 would be
/// the status for it; what has an envelope and another text is about a namespace.
pub(super) fn tree(answer: Response) -> Result<Option<SubjectTree>, Error> {
    #[derive(Deserialize)]
    struct Nothing {
        code: u16,
        message: String,
    }
    const NOTHING: &str = "no relation tuple found";
    let may_say_nothing = matches!(answer.status(), StatusCode::OK | StatusCode::NOT_FOUND);
    if may_say_nothing {
        let bare = answer.json::<Nothing>().ok();
        let bare = bare.is_some_and(|error| error.code == 404 && error.message == NOTHING);
        if bare || answer.server_error().is_some_and(|error| error.reason() == Some(NOTHING)) {
            return Ok(None);
        }
    }
    match answer.status() {
        // v0.7 says `null`.
        StatusCode::OK if answer.server_error().is_none() => answer.json(),
        _ => Err(answer.into_error()),
    }
}
