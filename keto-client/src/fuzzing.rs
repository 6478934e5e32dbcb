//! Entry points for the fuzz targets. Not part of the public API.

use crate::{
    api::{batch::CheckResult, permissions::Decision},
    layer::batching,
    model::tree::SubjectTree,
};
use ory_http::Error;
use ory_http::Response;

/// Reads the answer to a check, of Keto v0.7 or of today's.
pub fn decision(answer: Response, v0_7: bool) -> Result<Decision, Error> {
    crate::http::fuzzing::decision(answer, v0_7)
}

/// Reads the answer to many checks; `None` where the server has no such operation.
pub fn decisions(answer: Response) -> Result<Option<Vec<CheckResult>>, Error> {
    Ok(match crate::http::fuzzing::decisions(answer)? {
        batching::BatchResponse::Results(results) => Some(
            results.into_iter().map(|(allowed, error)| batching::result(allowed, error)).collect(),
        ),
        batching::BatchResponse::Unsupported => None,
    })
}

/// Reads the answer to an expansion.
pub fn tree(answer: Response) -> Result<Option<SubjectTree>, Error> {
    crate::http::fuzzing::tree(answer)
}
