//! Deciding checks.

use super::KetoVersion;
use crate::{
    api::permissions::Check,
    model::{subject::Subject, tuple::RelationTuple},
    opl::{EvaluationError, Evaluator, Model},
};
use http::StatusCode;
use ory_http::testing::ErrorEnvelope;
use std::collections::HashSet;

/// Decides checks over the stored relation tuples.
#[derive(Debug)]
pub(super) enum Checks {
    /// By a permission model.
    Model(Box<Evaluator>),
    /// As Keto v0.7, which has none: a subject has a relation directly, or through subject sets.
    SubjectSets,
}

impl Checks {
    pub(super) fn new<'a>(
        version: KetoVersion,
        model: &Model,
        stored: impl Iterator<Item = &'a RelationTuple>,
    ) -> Self {
        match version {
            KetoVersion::V0_7 => Self::SubjectSets,
            KetoVersion::Current | KetoVersion::OryNetwork => {
                Self::Model(Box::new(Evaluator::new(model).with_tuples(stored)))
            }
        }
    }

    pub(super) fn insert(&mut self, tuple: &RelationTuple) {
        if let Self::Model(evaluator) = self {
            evaluator.insert(tuple);
        }
    }

    /// Removes all copies of a tuple.
    pub(super) fn remove(&mut self, tuple: &RelationTuple) {
        if let Self::Model(evaluator) = self {
            evaluator.remove(tuple);
        }
    }

    /// Whether the subject of the tuple has its relation to its object. `max_depth` is the depth of
    /// the request.
    ///
    /// # Errors
    /// Returns the error with which Keto refuses the check.
    pub(super) fn check<'a>(
        &self,
        stored: impl Iterator<Item = &'a RelationTuple>,
        tuple: &RelationTuple,
        max_depth: Option<u32>,
    ) -> Result<bool, ErrorEnvelope> {
        match self {
            Self::Model(evaluator) => {
                let mut check = Check::new(tuple.clone());
                check.max_depth = max_depth;
                let decision = evaluator.check(&check).map_err(|error| refusal(&error))?;
                Ok(decision.is_allowed())
            }
            Self::SubjectSets => Ok(has_relation(&stored.collect::<Vec<_>>(), tuple)),
        }
    }
}

fn refusal(error: &EvaluationError) -> ErrorEnvelope {
    match error {
        EvaluationError::UnknownRelation { .. } => ErrorEnvelope::bad_request(error.to_string()),
        // Keto panics at such a check, or never answers it.
        _ => ErrorEnvelope::new(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

/// The value of Keto's `limit.max_read_depth` by default.
const MAX_DEPTH: u32 = 5;

/// The depth of a request, within the limit of the server.
pub(super) fn bounded_depth(requested: Option<u32>) -> u32 {
    requested.filter(|depth| *depth > 0).map_or(MAX_DEPTH, |depth| depth.min(MAX_DEPTH))
}

fn has_relation(stored: &[&RelationTuple], tuple: &RelationTuple) -> bool {
    let mut seen = HashSet::new();
    let mut left = vec![(&tuple.namespace, &tuple.object, &tuple.relation)];
    while let Some((namespace, object, relation)) = left.pop() {
        if !seen.insert((namespace, object, relation)) {
            continue;
        }
        let any_relation = relation.as_str().is_empty();
        let here = stored.iter().filter(|stored| {
            stored.namespace == *namespace
                && stored.object == *object
                && (any_relation || stored.relation == *relation)
        });
        for found in here {
            if found.subject == tuple.subject {
                return true;
            }
            if let Subject::Set(set) = &found.subject {
                left.push((&set.namespace, &set.object, &set.relation));
            }
        }
    }
    false
}
