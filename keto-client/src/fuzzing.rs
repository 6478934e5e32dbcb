//! Entry points for the fuzz targets. Not part of the public API.

use crate::{
    api::{batch::CheckResult, permissions::Decision},
    layer::batching,
    model::tree::SubjectTree,
};
use ory_http::Error;
use ory_http::Response;

/// Decodes the response to a check, of Keto v0.7 or of current versions.
pub fn decision(response: Response, v0_7: bool) -> Result<Decision, Error> {
    crate::http::fuzzing::decision(response, v0_7)
}

/// Decodes the response to a batch, or returns `None` if the server has no such operation.
pub fn decisions(response: Response) -> Result<Option<Vec<CheckResult>>, Error> {
    Ok(match crate::http::fuzzing::decisions(response)? {
        batching::BatchResponse::Results(results) => Some(
            results.into_iter().map(|(allowed, error)| batching::result(allowed, error)).collect(),
        ),
        batching::BatchResponse::Unsupported => None,
    })
}

/// Decodes the response to an expansion.
pub fn tree(response: Response) -> Result<Option<SubjectTree>, Error> {
    crate::http::fuzzing::tree(response)
}
