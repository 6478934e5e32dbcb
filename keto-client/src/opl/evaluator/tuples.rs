//! The relation tuples of an evaluator, indexed.

use crate::{
    model::{query::RelationQuery, tuple::RelationTuple},
    opl::evaluator::symbols::{RequestSymbols, SetKey, SubjectKey, Symbols},
};
use std::collections::{HashMap, HashSet};

/// The subjects of a relation of an object, in the order of their tuples.
#[derive(Clone, Debug, Default)]
pub(super) struct Subjects {
    pub all: Vec<SubjectKey>,
    /// Those that are subject sets.
    pub sets: Vec<SetKey>,
}

/// Relation tuples by object and relation.
///
/// Like Keto, it keeps duplicates, and a deletion removes all copies of a tuple.
#[derive(Clone, Debug, Default)]
pub(super) struct TupleIndex {
    pub symbols: Symbols,
    subjects: HashMap<SetKey, Subjects>,
    members: HashSet<(SetKey, SubjectKey)>,
    /// The relations of objects in the order of their first tuples.
    order: Vec<SetKey>,
}

impl TupleIndex {
    pub fn insert(&mut self, tuple: &RelationTuple) {
        let (set, subject) = self.symbols.intern_tuple(tuple);
        self.members.insert((set, subject));
        let subjects = self.subjects.entry(set).or_insert_with(|| {
            self.order.push(set);
            Subjects::default()
        });
        subjects.all.push(subject);
        if let SubjectKey::Set(inner) = subject {
            subjects.sets.push(inner);
        }
    }

    pub fn remove(&mut self, tuple: &RelationTuple) {
        let (set, subject) = self.symbols.intern_tuple(tuple);
        if !self.members.remove(&(set, subject)) {
            return;
        }
        if let Some(subjects) = self.subjects.get_mut(&set) {
            subjects.all.retain(|other| *other != subject);
            subjects.sets.retain(|other| SubjectKey::Set(*other) != subject);
            if subjects.all.is_empty() {
                self.subjects.remove(&set);
                self.order.retain(|other| *other != set);
            }
        }
    }

    pub fn contains(&self, set: SetKey, subject: SubjectKey) -> bool {
        self.members.contains(&(set, subject))
    }

    pub fn subjects(&self, set: SetKey) -> Option<&Subjects> {
        self.subjects.get(&set)
    }

    /// All tuples, grouped by object and relation.
    pub fn keys(&self) -> impl Iterator<Item = (SetKey, SubjectKey)> {
        self.order.iter().flat_map(|set| {
            let subjects = self.subjects.get(set).into_iter().flat_map(|subjects| &subjects.all);
            subjects.map(|subject| (*set, *subject))
        })
    }

    /// The tuples that match a query.
    pub fn matching(&self, query: &RelationQuery) -> Vec<RelationTuple> {
        let symbols = RequestSymbols::new(&self.symbols);
        let tuples = self.keys().map(|(set, subject)| symbols.tuple(set, subject));
        tuples.filter(|tuple| query.matches(tuple)).collect()
    }
}
