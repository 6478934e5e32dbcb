//! Names as numbers, so that the evaluator compares and hashes no text.

use crate::model::{
    subject::{Subject, SubjectSet},
    tuple::RelationTuple,
};
use std::{collections::HashMap, sync::Arc};

/// A name: of a namespace, an object, a relation or a subject.
pub(super) type Symbol = u32;

/// A relation of an object: the key of all tuples with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SetKey {
    pub namespace: Symbol,
    pub object: Symbol,
    pub relation: Symbol,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SubjectKey {
    Id(Symbol),
    Set(SetKey),
}

/// The names of tuples and models.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    numbers: HashMap<Arc<str>, Symbol>,
    names: Vec<Arc<str>>,
}

impl Symbols {
    pub fn intern(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.numbers.get(name) {
            return *symbol;
        }
        let name: Arc<str> = name.into();
        // Memory ends before numbers do: each name takes more than 32 bytes.
        let symbol = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.clone(), symbol);
        self.names.push(name);
        symbol
    }

    pub fn intern_tuple(&mut self, tuple: &RelationTuple) -> (SetKey, SubjectKey) {
        let set = SetKey {
            namespace: self.intern(tuple.namespace.as_str()),
            object: self.intern(tuple.object.as_str()),
            relation: self.intern(tuple.relation.as_str()),
        };
        let subject = match &tuple.subject {
            Subject::Id(id) => SubjectKey::Id(self.intern(id.as_str())),
            Subject::Set(set) => SubjectKey::Set(SetKey {
                namespace: self.intern(set.namespace.as_str()),
                object: self.intern(set.object.as_str()),
                relation: self.intern(set.relation.as_str()),
            }),
        };
        (set, subject)
    }
}

/// The names of tuples and models, and those that only one request has.
pub(super) struct RequestSymbols<'a> {
    stored: &'a Symbols,
    added: Vec<&'a str>,
}

impl<'a> RequestSymbols<'a> {
    pub fn new(stored: &'a Symbols) -> Self {
        Self { stored, added: Vec::new() }
    }

    pub fn resolve(&mut self, name: &'a str) -> Symbol {
        if let Some(symbol) = self.stored.numbers.get(name) {
            return *symbol;
        }
        let index = self.added.iter().position(|added| *added == name).unwrap_or_else(|| {
            self.added.push(name);
            self.added.len() - 1
        });
        u32::try_from(self.stored.names.len() + index).unwrap_or(u32::MAX)
    }

    pub fn resolve_set(&mut self, set: &'a SubjectSet) -> SetKey {
        SetKey {
            namespace: self.resolve(set.namespace.as_str()),
            object: self.resolve(set.object.as_str()),
            relation: self.resolve(set.relation.as_str()),
        }
    }

    pub fn resolve_subject(&mut self, subject: &'a Subject) -> SubjectKey {
        match subject {
            Subject::Id(id) => SubjectKey::Id(self.resolve(id.as_str())),
            Subject::Set(set) => SubjectKey::Set(self.resolve_set(set)),
        }
    }

    pub fn resolve_tuple(&mut self, tuple: &'a RelationTuple) -> (SetKey, SubjectKey) {
        let set = SetKey {
            namespace: self.resolve(tuple.namespace.as_str()),
            object: self.resolve(tuple.object.as_str()),
            relation: self.resolve(tuple.relation.as_str()),
        };
        (set, self.resolve_subject(&tuple.subject))
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        let index = symbol as usize;
        match self.stored.names.get(index) {
            Some(name) => name,
            None => self.added.get(index - self.stored.names.len()).unwrap_or(&""),
        }
    }

    pub fn set(&self, key: SetKey) -> SubjectSet {
        let SetKey { namespace, object, relation } = key;
        SubjectSet::new(self.name(namespace), self.name(object), self.name(relation))
    }

    pub fn subject(&self, key: SubjectKey) -> Subject {
        match key {
            SubjectKey::Id(id) => Subject::id(self.name(id)),
            SubjectKey::Set(set) => Subject::Set(self.set(set)),
        }
    }

    pub fn tuple(&self, set: SetKey, subject: SubjectKey) -> RelationTuple {
        let SubjectSet { namespace, object, relation } = self.set(set);
        RelationTuple { namespace, object, relation, subject: self.subject(subject) }
    }
}
