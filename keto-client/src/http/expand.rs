//! Expanding subject sets over HTTP.

use crate::{
    api::expand::{Expand, ExpandRequest},
    http::{KetoClient, api_version::DetectedVersion, check::refuse_empty},
    model::tree::SubjectTree,
};

use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, Response};
use serde::Deserialize;

/// What v0.7, which insists on a depth, is asked for: the limit that today's servers have by
/// default.
const V0_7_DEPTH: u32 = 5;

#[async_trait]
impl Expand for KetoClient {
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
        let read = self.read(OPERATION)?;
        let ExpandRequest { set, max_depth } = request;
        let request = |version| {
            let (route, depth) = match version {
                DetectedVersion::Current => ("/relation-tuples/expand", *max_depth),
                DetectedVersion::V0_7 => {
                    refuse_empty(OPERATION, &set.namespace, &set.object, &set.relation)?;
                    ("/expand", Some(max_depth.unwrap_or(V0_7_DEPTH)))
                }
            };
            let names = [
                ("namespace", set.namespace.as_str()),
                ("object", set.object.as_str()),
                ("relation", set.relation.as_str()),
            ];
            let request = read.request(OPERATION, Method::GET, route).queries(names);
            Ok(request.query_if_set("max-depth", depth))
        };
        let (_, response) = self.send_versioned(read, OPERATION, request).await?;
        tree(response)
    }
}

const OPERATION: &str = "expand";

/// Today's Keto says "nothing there" by an error without its envelope, in a 200. A 404 would be
/// the status for it; what has an envelope and another text is about a namespace.
pub(super) fn tree(response: Response) -> Result<Option<SubjectTree>, Error> {
    #[derive(Deserialize)]
    struct Nothing {
        code: u16,
        message: String,
    }
    const NOTHING: &str = "no relation tuple found";
    let may_say_nothing = matches!(response.status(), StatusCode::OK | StatusCode::NOT_FOUND);
    if may_say_nothing {
        let bare = response.json::<Nothing>().ok();
        let bare = bare.is_some_and(|error| error.code == 404 && error.message == NOTHING);
        if bare || response.server_error().is_some_and(|error| error.reason() == Some(NOTHING)) {
            return Ok(None);
        }
    }
    if response.status() != StatusCode::OK || response.server_error().is_some() {
        return Err(response.into_error());
    }
    // v0.7 says `null`.
    match response.json::<Option<SubjectTree>>()? {
        Some(tree) if tree.is_empty() => Err(response.unexpected("an object that is no tree")),
        tree => Ok(tree),
    }
}
