//! The tuples, and what follows from them.

use super::Wire;
use crate::embedded::error::WireError;
use actix_web::http::StatusCode;
use keto_client::{RelationQuery, RelationTuple, RelationshipPatch, Subject, SubjectSet};
use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

pub(super) const NAMESPACES: [&str; 3] = ["User", "Group", "app"];
/// Keto's `limit.max_read_depth`.
const MAX_DEPTH: u32 = 5;

pub(super) struct Store {
    pub(super) wire: Wire,
    kept: RwLock<Kept>,
}

#[derive(Clone, Default)]
struct Kept {
    /// In the order of their numbers, which only grow: a page starts behind a number.
    tuples: Vec<(u64, RelationTuple)>,
    last: u64,
}

impl Store {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire, kept: RwLock::default() }
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        // No writer leaves the tuples half changed, so what a panic left behind can be used.
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries out all changes, or none.
    pub(super) fn change(&self, changes: Vec<RelationshipPatch>) -> Result<(), WireError> {
        for RelationshipPatch::Insert(tuple) | RelationshipPatch::Delete(tuple) in &changes {
            self.accepts(&tuple.subject)?;
            self.known(tuple.namespace.as_str())?;
            if let Subject::Set(set) = &tuple.subject {
                self.known(set.namespace.as_str())?;
            }
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        // Keto inserts first and deletes afterwards, whatever the order given.
        let (inserts, deletes): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| matches!(change, RelationshipPatch::Insert(_)));
        for change in inserts.into_iter().chain(deletes) {
            match change {
                RelationshipPatch::Insert(tuple) => {
                    kept.last += 1;
                    let number = kept.last;
                    kept.tuples.push((number, tuple));
                }
                RelationshipPatch::Delete(tuple) => kept.tuples.retain(|(_, kept)| *kept != tuple),
            }
        }
        Ok(())
    }

    pub(super) fn delete_matching(&self, query: &RelationQuery) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.tuples.retain(|(_, tuple)| !query.matches(tuple));
    }

    /// A page of the tuples that match, and the number behind which the next one starts.
    pub(super) fn page(
        &self,
        query: &RelationQuery,
        after: u64,
        size: usize,
    ) -> (Vec<RelationTuple>, Option<u64>) {
        let kept = self.read();
        let mut found = kept.tuples.iter().filter(|(n, tuple)| *n > after && query.matches(tuple));
        let page: Vec<_> = found.by_ref().take(size).collect();
        let next = page.last().map(|(number, _)| *number).filter(|_| found.next().is_some());
        (page.into_iter().map(|(_, tuple)| tuple.clone()).collect(), next)
    }

    /// Whether the tuple holds, by itself or through subject sets.
    pub(super) fn check(&self, tuple: &RelationTuple, max_depth: Option<u32>) -> bool {
        let limit = match self.wire {
            Wire::Current | Wire::Network => bounded(max_depth),
            Wire::V0_7 => u32::MAX,
        };
        if limit == 1 {
            // Keto finds nothing at this depth, not even the tuple itself.
            return false;
        }
        let kept = self.read();
        // Level by level, so that each set is met by its shortest way.
        let mut seen = HashSet::new();
        let mut level = vec![(&tuple.namespace, &tuple.object, &tuple.relation)];
        for _ in 0..limit {
            let mut next = Vec::new();
            for (namespace, object, relation) in level {
                if !seen.insert((namespace, object, relation)) {
                    continue;
                }
                let here = kept.tuples.iter().map(|(_, tuple)| tuple).filter(|t| {
                    let any_relation = self.wire == Wire::V0_7 && relation.as_str().is_empty();
                    t.namespace == *namespace
                        && t.object == *object
                        && (any_relation || t.relation == *relation)
                });
                for found in here {
                    if found.subject == tuple.subject {
                        return true;
                    }
                    if let Subject::Set(set) = &found.subject {
                        next.push((&set.namespace, &set.object, &set.relation));
                    }
                }
            }
            if next.is_empty() {
                return false;
            }
            level = next;
        }
        false
    }

    /// How deep to expand: v0.7 goes as deep as it is asked to.
    pub(super) fn depth(&self, asked: Option<u32>) -> u32 {
        match self.wire {
            Wire::Current | Wire::Network => bounded(asked),
            Wire::V0_7 => asked.unwrap_or(0),
        }
    }

    /// Who has a relation to an object directly.
    pub(super) fn subjects(&self, set: &SubjectSet) -> Vec<Subject> {
        let query = RelationQuery::new()
            .namespace(set.namespace.clone())
            .object(set.object.clone())
            .relation(set.relation.clone());
        let matching = |(_, tuple): &&(u64, RelationTuple)| query.matches(tuple);
        let kept = self.read();
        kept.tuples.iter().filter(matching).map(|(_, tuple)| tuple.subject.clone()).collect()
    }

    /// Whether the subject may be in a tuple that is written or checked.
    pub(super) fn accepts(&self, subject: &Subject) -> Result<(), WireError> {
        match (self.wire, subject) {
            (Wire::Network, Subject::Id(_)) => {
                let message = "subject_id is not supported; please migrate to subject sets";
                Err(WireError::new(StatusCode::BAD_REQUEST, message))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn known(&self, namespace: &str) -> Result<(), WireError> {
        if NAMESPACES.contains(&namespace) {
            return Ok(());
        }
        let name = match self.wire {
            Wire::Current | Wire::Network => format!("\"{namespace}\""),
            Wire::V0_7 => namespace.to_owned(),
        };
        Err(WireError::new(StatusCode::NOT_FOUND, "The requested resource could not be found")
            .reason(format!("Unknown namespace with name {name}.")))
    }
}

/// The depth that is asked for, within the server's own limit.
fn bounded(asked: Option<u32>) -> u32 {
    asked.filter(|depth| *depth > 0).map_or(MAX_DEPTH, |depth| depth.min(MAX_DEPTH))
}
