//! The relation tuples.

use super::{
    KetoVersion, Storage,
    evaluator::{Checks, bounded_depth},
    routes,
};
use crate::{
    api::relationships::RelationshipPatch,
    model::{
        query::RelationQuery,
        subject::{Subject, SubjectSet},
        tuple::RelationTuple,
    },
    opl::Model,
};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use ory_http::testing::{ErrorEnvelope, Respond, Router, Table};
use std::{
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The state of a server.
#[derive(Debug)]
pub(super) struct Keto {
    pub(super) version: KetoVersion,
    pub(super) namespaces: Vec<String>,
    stored: RwLock<StoredTuples>,
    /// The read, the write and the syntax API.
    apis: [Router<Self>; 3],
}

impl Respond for Keto {
    fn respond(&self, api: usize, request: &Request<Bytes>) -> Response<Bytes> {
        self.apis[api].respond(self, request)
    }
}

/// The relation tuples, by numbers that only grow: a page starts after a number.
#[derive(Debug)]
pub(super) struct StoredTuples {
    table: Table<RelationTuple>,
    checks: Checks,
}

impl StoredTuples {
    pub(super) fn open(
        storage: Option<Arc<dyn Storage>>,
        seed: Vec<RelationTuple>,
        version: KetoVersion,
        model: &Model,
    ) -> io::Result<Self> {
        let mut table = Table::open("relation_tuples", storage)?;
        table.seed(seed.into_iter().zip(1..).map(|(tuple, n)| (key(n), tuple)))?;
        let checks = Checks::new(version, model, table.entries().values());
        Ok(Self { table, checks })
    }

    fn last(&self) -> u64 {
        self.table.entries().last_key_value().map_or(0, |(key, _)| number(key))
    }

    fn matching(&self, query: &RelationQuery) -> impl Iterator<Item = (&String, &RelationTuple)> {
        self.table.entries().iter().filter(|(_, tuple)| query.matches(tuple))
    }
}

impl StoredTuples {
    fn apply(
        &mut self,
        changes: Vec<(String, Option<RelationTuple>)>,
    ) -> Result<(), ErrorEnvelope> {
        let entries = self.table.entries();
        let deleted = changes.iter().filter(|(_, tuple)| tuple.is_none());
        let deleted: Vec<_> = deleted.filter_map(|(key, _)| entries.get(key).cloned()).collect();
        let inserted: Vec<_> = changes.iter().filter_map(|(_, tuple)| tuple.clone()).collect();
        self.table.apply(changes)?;
        deleted.iter().for_each(|tuple| self.checks.remove(tuple));
        inserted.iter().for_each(|tuple| self.checks.insert(tuple));
        Ok(())
    }
}

fn key(number: u64) -> String {
    format!("{number:020}")
}

fn number(key: &str) -> u64 {
    key.parse().unwrap_or_default()
}

impl Keto {
    pub(super) fn new(version: KetoVersion, namespaces: Vec<String>, stored: StoredTuples) -> Self {
        Self {
            version,
            namespaces,
            stored: RwLock::new(stored),
            apis: [routes::read(version), routes::write(version), routes::syntax(version)],
        }
    }

    // No writer leaves the tuples half changed, so what a panic left behind can be used.
    fn read(&self) -> RwLockReadGuard<'_, StoredTuples> {
        self.stored.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, StoredTuples> {
        self.stored.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tuples(&self) -> Vec<RelationTuple> {
        self.read().table.entries().values().cloned().collect()
    }

    /// Makes all changes or none.
    pub(super) fn change(&self, changes: Vec<RelationshipPatch>) -> Result<(), ErrorEnvelope> {
        for RelationshipPatch::Insert(tuple) | RelationshipPatch::Delete(tuple) in &changes {
            self.accepts(&tuple.subject)?;
            self.knows(tuple.namespace.as_str())?;
            if let Subject::Set(set) = &tuple.subject {
                self.knows(set.namespace.as_str())?;
            }
        }
        let mut stored = self.write();
        // Keto inserts first and deletes afterwards, whatever the order.
        let (mut inserted, mut deleted) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                RelationshipPatch::Insert(tuple) => inserted.push(tuple),
                RelationshipPatch::Delete(tuple) => deleted.push(tuple),
            }
        }
        inserted.retain(|tuple| !deleted.contains(tuple));
        let first = stored.last() + 1;
        let entries = stored.table.entries().iter();
        let deleted = entries.filter(|(_, tuple)| deleted.contains(tuple));
        let deleted = deleted.map(|(key, _)| (key.clone(), None));
        let inserted = inserted.into_iter().zip(first..).map(|(tuple, n)| (key(n), Some(tuple)));
        let changes = deleted.chain(inserted).collect();
        stored.apply(changes)
    }

    pub(super) fn delete_matching(&self, query: &RelationQuery) -> Result<(), ErrorEnvelope> {
        let mut stored = self.write();
        let matching = stored.matching(query).map(|(key, _)| (key.clone(), None)).collect();
        stored.apply(matching)
    }

    /// A page of the tuples that match, and the number after which the next one starts.
    pub(super) fn page(
        &self,
        query: &RelationQuery,
        after: u64,
        size: usize,
    ) -> (Vec<RelationTuple>, Option<u64>) {
        let stored = self.read();
        let mut found = stored.matching(query).filter(|(key, _)| number(key) > after);
        let page: Vec<_> = found.by_ref().take(size).collect();
        let next = page.last().map(|(key, _)| number(key)).filter(|_| found.next().is_some());
        (page.into_iter().map(|(_, tuple)| tuple.clone()).collect(), next)
    }

    pub(super) fn check(
        &self,
        tuple: &RelationTuple,
        max_depth: Option<u32>,
    ) -> Result<bool, ErrorEnvelope> {
        let stored = self.read();
        stored.checks.check(stored.table.entries().values(), tuple, max_depth)
    }

    /// The depth of an expansion: v0.7 has no limit of its own.
    pub(super) fn expand_depth(&self, requested: Option<u32>) -> u32 {
        match self.version {
            KetoVersion::V0_7 => requested.unwrap_or(0),
            _ => bounded_depth(requested),
        }
    }

    /// The subjects with a relation to an object, without those of their sets.
    pub(super) fn direct_subjects(&self, set: &SubjectSet) -> Vec<Subject> {
        let query = RelationQuery::new()
            .namespace(set.namespace.clone())
            .object(set.object.clone())
            .relation(set.relation.clone());
        self.read().matching(&query).map(|(_, tuple)| tuple.subject.clone()).collect()
    }

    /// Whether the subject may be in a tuple that is written or checked.
    pub(super) fn accepts(&self, subject: &Subject) -> Result<(), ErrorEnvelope> {
        match (self.version, subject) {
            (KetoVersion::OryNetwork, Subject::Id(_)) => {
                let message = "subject_id is not supported; please migrate to subject sets";
                Err(ErrorEnvelope::new(StatusCode::BAD_REQUEST, message))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn knows(&self, namespace: &str) -> Result<(), ErrorEnvelope> {
        if self.namespaces.iter().any(|known| known == namespace) {
            return Ok(());
        }
        let name = match self.version {
            KetoVersion::V0_7 => namespace.to_owned(),
            _ => format!("\"{namespace}\""),
        };
        let message = "The requested resource could not be found";
        Err(ErrorEnvelope::new(StatusCode::NOT_FOUND, message)
            .reason(format!("Unknown namespace with name {name}.")))
    }
}
