//! What only the fuzzing targets need. No part of the public API.

use crate::{CheckResult, Decision, Error, SubjectTree, client, many};
use ory_http::Answer;

/// Reads the answer to a check, of Keto v0.7 or of today's.
pub fn decision(answer: Answer, v0_7: bool) -> Result<Decision, Error> {
    client::fuzzing::decision(answer, v0_7)
}

/// Reads the answer to many checks; `None` where the server has no such operation.
pub fn decisions(answer: Answer) -> Result<Option<Vec<CheckResult>>, Error> {
    Ok(match client::fuzzing::decisions(answer)? {
        many::Batch::Answered(results) => {
            Some(results.into_iter().map(|(allowed, error)| many::result(allowed, error)).collect())
        }
        many::Batch::NoOperation => None,
    })
}

/// Reads the answer to an expansion.
pub fn tree(answer: Answer) -> Result<Option<SubjectTree>, Error> {
    client::fuzzing::tree(answer)
}
