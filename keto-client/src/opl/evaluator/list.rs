//! Lists of objects and subjects with a permission.

use crate::{
    api::permissions::Check,
    model::{
        name::{Namespace, Object, Relation},
        subject::Subject,
        tuple::RelationTuple,
    },
    opl::evaluator::{
        Evaluator,
        error::EvaluationError,
        symbols::{RequestSymbols, SubjectKey},
    },
};
use std::collections::BTreeSet;

impl Evaluator {
    /// Returns the objects of a namespace on which a subject has a relation or permission, sorted.
    /// Only objects that occur in tuples are considered.
    ///
    /// # Errors
    /// A check without a decision.
    pub fn list_objects(
        &self,
        namespace: impl Into<Namespace>,
        relation: impl Into<Relation>,
        subject: impl Into<Subject>,
    ) -> Result<Vec<Object>, EvaluationError> {
        let (namespace, relation, subject) = (namespace.into(), relation.into(), subject.into());
        let mut allowed = Vec::new();
        for object in self.objects(&namespace) {
            let check = Check::new(RelationTuple {
                namespace: namespace.clone(),
                object: object.clone(),
                relation: relation.clone(),
                subject: subject.clone(),
            });
            if self.check(&check)?.is_allowed() {
                allowed.push(object);
            }
        }
        Ok(allowed)
    }

    /// Returns the subjects that have a relation to, or a permission on, an object. Only subjects of
    /// tuples are considered, in the order of their tuples.
    ///
    /// # Errors
    /// A check without a decision.
    pub fn list_subjects(
        &self,
        namespace: impl Into<Namespace>,
        object: impl Into<Object>,
        relation: impl Into<Relation>,
    ) -> Result<Vec<Subject>, EvaluationError> {
        let (namespace, object, relation) = (namespace.into(), object.into(), relation.into());
        let mut allowed = Vec::new();
        for subject in self.subjects() {
            let check = Check::new(RelationTuple {
                namespace: namespace.clone(),
                object: object.clone(),
                relation: relation.clone(),
                subject: subject.clone(),
            });
            if self.check(&check)?.is_allowed() {
                allowed.push(subject);
            }
        }
        Ok(allowed)
    }

    /// The objects of a namespace that occur in tuples, sorted.
    pub(crate) fn objects(&self, namespace: &Namespace) -> BTreeSet<Object> {
        let mut symbols = RequestSymbols::new(&self.tuples.symbols);
        let symbol = symbols.resolve(namespace.as_str());
        let sets = self.tuples.keys().flat_map(|(set, subject)| match subject {
            SubjectKey::Id(_) => [Some(set), None],
            SubjectKey::Set(inner) => [Some(set), Some(inner)],
        });
        let objects = sets.flatten().filter(|set| set.namespace == symbol);
        objects.map(|set| Object::from(symbols.name(set.object))).collect()
    }

    /// The subjects of tuples, in the order of their first tuples.
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let symbols = RequestSymbols::new(&self.tuples.symbols);
        let mut seen = std::collections::HashSet::new();
        let subjects = self.tuples.keys().map(|(_, subject)| subject);
        let first = subjects.filter(|subject| seen.insert(*subject));
        first.map(|subject| symbols.subject(subject)).collect()
    }
}
