//! Deciding checks.

use super::KetoVersion;
use crate::model::{subject::Subject, tuple::RelationTuple};
use ory_http::testing::ErrorEnvelope;
use std::{collections::HashSet, fmt};

/// Decides checks over the stored relation tuples.
pub(super) trait Evaluator: fmt::Debug + Send + Sync {
    /// Whether the subject of the tuple has its relation to its object. `max_depth` is the depth of
    /// the request.
    ///
    /// # Errors
    /// Returns the error with which Keto refuses the check.
    fn check(
        &self,
        stored: &[&RelationTuple],
        tuple: &RelationTuple,
        max_depth: Option<u32>,
    ) -> Result<bool, ErrorEnvelope>;
}

/// The value of Keto's `limit.max_read_depth` by default.
const MAX_DEPTH: u32 = 5;

/// The depth of a request, within the limit of the server.
pub(super) fn bounded_depth(requested: Option<u32>) -> u32 {
    requested.filter(|depth| *depth > 0).map_or(MAX_DEPTH, |depth| depth.min(MAX_DEPTH))
}

/// A subject has a relation directly, or through subject sets.
#[derive(Debug)]
pub(super) struct SubjectSets(pub(super) KetoVersion);

impl Evaluator for SubjectSets {
    fn check(
        &self,
        stored: &[&RelationTuple],
        tuple: &RelationTuple,
        max_depth: Option<u32>,
    ) -> Result<bool, ErrorEnvelope> {
        let is_v0_7 = self.0 == KetoVersion::V0_7;
        let limit = if is_v0_7 { u32::MAX } else { bounded_depth(max_depth) };
        if limit == 1 {
            // Keto finds nothing at this depth, not even the tuple itself.
            return Ok(false);
        }
        // Level by level, so that each set is reached by its shortest path.
        let mut seen = HashSet::new();
        let mut level = vec![(&tuple.namespace, &tuple.object, &tuple.relation)];
        for _ in 0..limit {
            let mut next = Vec::new();
            for (namespace, object, relation) in level {
                if !seen.insert((namespace, object, relation)) {
                    continue;
                }
                let any_relation = is_v0_7 && relation.as_str().is_empty();
                let here = stored.iter().filter(|stored| {
                    stored.namespace == *namespace
                        && stored.object == *object
                        && (any_relation || stored.relation == *relation)
                });
                for found in here {
                    if found.subject == tuple.subject {
                        return Ok(true);
                    }
                    if let Subject::Set(set) = &found.subject {
                        next.push((&set.namespace, &set.object, &set.relation));
                    }
                }
            }
            if next.is_empty() {
                return Ok(false);
            }
            level = next;
        }
        Ok(false)
    }
}
