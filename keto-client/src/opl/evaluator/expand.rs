//! Expansion of subject sets.

use crate::{
    api::expand::ExpandRequest,
    model::tree::{NodeType, SubjectTree},
    opl::evaluator::{
        Evaluator,
        error::EvaluationError,
        symbols::{RequestSymbols, SetKey, SubjectKey},
        tuples::TupleIndex,
    },
};
use std::collections::HashSet;

impl Evaluator {
    /// Returns the tree of a subject set, or `None` if no tuple has the object and the relation.
    ///
    /// As Keto does, it expands tuples only, and no permissions. Each subject set is expanded once;
    /// elsewhere in the tree it is a leaf.
    ///
    /// # Errors
    /// The namespace is not declared.
    pub fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, EvaluationError> {
        let mut symbols = RequestSymbols::new(&self.tuples.symbols);
        let root = symbols.resolve_set(&request.set);
        if !self.declares(root.namespace) {
            let namespace = request.set.namespace.to_string();
            return Err(EvaluationError::UnknownNamespace { namespace });
        }
        let mut expansion =
            Expansion { tuples: &self.tuples, symbols: &symbols, visited: HashSet::new() };
        Ok(expansion.set(root, self.max_depth(request.max_depth)))
    }
}

struct Expansion<'a> {
    tuples: &'a TupleIndex,
    symbols: &'a RequestSymbols<'a>,
    visited: HashSet<SetKey>,
}

impl Expansion<'_> {
    /// The tree of a set, or `None` if it is empty or was expanded before.
    fn set(&mut self, set: SetKey, depth: u32) -> Option<SubjectTree> {
        if !self.visited.insert(set) {
            return None;
        }
        let subjects = self.tuples.subjects(set)?;
        if depth <= 1 {
            return Some(self.leaf(SubjectKey::Set(set)));
        }
        let child = |subject: &SubjectKey| {
            let expanded = match subject {
                SubjectKey::Id(_) => None,
                SubjectKey::Set(inner) => self.set(*inner, depth - 1),
            };
            expanded.unwrap_or_else(|| self.leaf(*subject))
        };
        let children = subjects.all.iter().map(child).collect();
        let root = self.symbols.subject(SubjectKey::Set(set));
        Some(SubjectTree::new(NodeType::Union, root).with_children(children))
    }

    fn leaf(&self, subject: SubjectKey) -> SubjectTree {
        SubjectTree::new(NodeType::Leaf, self.symbols.subject(subject))
    }
}
