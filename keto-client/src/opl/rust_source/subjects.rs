//! The types of subjects that relations declare, and that can have a relation or permission.

use crate::opl::syntax::ast::{Class, Expression, Member, Model, SubjectType, Term};
use std::collections::{BTreeSet, HashMap};

/// The members of a model by their names.
pub(super) struct Subjects<'a>(HashMap<(&'a str, &'a str), &'a Member>);

/// The types of subjects of a relation or permission.
#[derive(Default)]
pub(super) struct SubjectsOf {
    /// Those that can be written.
    pub(super) declared: Vec<SubjectType>,
    /// Those for which a check can be allowed.
    pub(super) possible: Vec<SubjectType>,
}

impl<'a> Subjects<'a> {
    pub(super) fn of(model: &'a Model) -> Self {
        let mut members = HashMap::new();
        for class in &model.classes {
            for member in &class.members {
                // The first of several with one name is used.
                members.entry((class.name.as_str(), member.name())).or_insert(member);
            }
        }
        Self(members)
    }

    pub(super) fn of_member(&self, class: &Class, member: &Member) -> SubjectsOf {
        let declared = match member {
            Member::Relation(relation) => {
                let types: BTreeSet<_> = relation.types.iter().map(key).collect();
                types.into_iter().map(subject_type).collect()
            }
            Member::Permission(_) => Vec::new(),
        };
        let mut possible = BTreeSet::new();
        self.collect(&class.name, member.name(), &mut BTreeSet::new(), &mut possible);
        SubjectsOf { declared, possible: possible.into_iter().map(subject_type).collect() }
    }

    /// Collects the types of subjects that a member can have. Each member is visited once.
    fn collect(
        &self,
        namespace: &str,
        member: &str,
        visited: &mut BTreeSet<(String, String)>,
        found: &mut BTreeSet<Key>,
    ) {
        if !visited.insert((namespace.to_owned(), member.to_owned())) {
            return;
        }
        match self.0.get(&(namespace, member)) {
            Some(Member::Relation(relation)) => {
                for subject in &relation.types {
                    found.insert(key(subject));
                    // The subjects of a subject set.
                    if let Some(relation) = &subject.relation {
                        self.collect(&subject.namespace, relation, visited, found);
                    }
                }
            }
            Some(Member::Permission(permission)) => {
                self.collect_expression(namespace, &permission.expression, visited, found);
            }
            None => {}
        }
    }

    fn collect_expression(
        &self,
        namespace: &str,
        expression: &Expression,
        visited: &mut BTreeSet<(String, String)>,
        found: &mut BTreeSet<Key>,
    ) {
        let rest = expression.rest.iter().filter_map(|operand| operand.term.as_ref());
        for term in expression.first.iter().chain(rest) {
            self.collect_term(namespace, term, visited, found);
        }
    }

    fn collect_term(
        &self,
        namespace: &str,
        term: &Term,
        visited: &mut BTreeSet<(String, String)>,
        found: &mut BTreeSet<Key>,
    ) {
        match term {
            Term::Includes { relation: member } | Term::Permits { permission: member } => {
                self.collect(namespace, member, visited, found);
            }
            Term::Traverse { relation, target, .. } => {
                let Some(Member::Relation(relation)) = self.0.get(&(namespace, relation)) else {
                    return;
                };
                for object in &relation.types {
                    self.collect(&object.namespace, target, visited, found);
                }
            }
            Term::Not(term) => self.collect_term(namespace, term, visited, found),
            Term::Group(expression) => {
                self.collect_expression(namespace, expression, visited, found);
            }
        }
    }
}

/// A type of subjects in an order that does not depend on the model.
type Key = (String, Option<String>);

fn key(subject: &SubjectType) -> Key {
    (subject.namespace.clone(), subject.relation.clone())
}

fn subject_type((namespace, relation): Key) -> SubjectType {
    SubjectType { namespace, relation }
}
