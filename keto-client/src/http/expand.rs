//! Expansion of subject sets over HTTP.

use crate::{
    api::expand::{Expand, ExpandRequest},
    http::{KetoClient, api_version::DetectedVersion, check::reject_empty_names},
    model::tree::SubjectTree,
};

use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, Response};
use serde::Deserialize;

/// The maximum depth that v0.7 requires: the default limit of current versions.
const V0_7_MAX_DEPTH: u32 = 5;

#[async_trait]
impl Expand for KetoClient {
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
        let read = self.read(OPERATION)?;
        let ExpandRequest { set, max_depth } = request;
        let max_depth = max_depth.filter(|depth| *depth > 0);
        let request = |version| {
            let (route, depth) = match version {
                DetectedVersion::Current => ("/relation-tuples/expand", max_depth),
                DetectedVersion::V0_7 => {
                    reject_empty_names(OPERATION, &set.namespace, &set.object, &set.relation)?;
                    ("/expand", Some(max_depth.unwrap_or(V0_7_MAX_DEPTH)))
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

/// Current versions of Keto answer an empty set with status 200 and an error without its envelope.
/// A 404 with this message has the same meaning; one with another message is about a namespace.
pub(super) fn tree(response: Response) -> Result<Option<SubjectTree>, Error> {
    #[derive(Deserialize)]
    struct BareError {
        code: u16,
        message: String,
    }
    const NOT_FOUND: &str = "no relation tuple found";
    if matches!(response.status(), StatusCode::OK | StatusCode::NOT_FOUND) {
        let bare = response.json::<BareError>().ok();
        let bare = bare.is_some_and(|error| error.code == 404 && error.message == NOT_FOUND);
        if bare || response.server_error().is_some_and(|error| error.reason() == Some(NOT_FOUND)) {
            return Ok(None);
        }
    }
    if response.status() != StatusCode::OK || response.server_error().is_some() {
        return Err(response.into_error());
    }
    // v0.7 answers `null`.
    match response.json::<Option<SubjectTree>>()? {
        Some(tree) if tree.is_empty() => Err(response.unexpected("an object that is no tree")),
        tree => Ok(tree),
    }
}
