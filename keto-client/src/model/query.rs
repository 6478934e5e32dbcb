//! Which tuples are meant.

use crate::model::{
    name::{Namespace, Object, Relation},
    subject::Subject,
    tuple::RelationTuple,
};

/// A filter over relation tuples: what is set must be equal, what is not set may be anything.
/// The empty query is every tuple of the server.
///
/// ```
/// use keto_client::{RelationQuery, Subject};
///
/// let everything_of_ann = RelationQuery::new().namespace("app").subject(Subject::set("User", "ann", ""));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RelationQuery {
    /// The namespace, if only one is meant.
    pub namespace: Option<Namespace>,
    /// The object, if only one is meant.
    pub object: Option<Object>,
    /// The relation, if only one is meant.
    pub relation: Option<Relation>,
    /// The subject, if only one is meant.
    pub subject: Option<Subject>,
}

impl RelationQuery {
    /// The empty query.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only tuples of this namespace.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Only tuples of this object.
    #[must_use]
    pub fn object(mut self, object: impl Into<Object>) -> Self {
        self.object = Some(object.into());
        self
    }

    /// Only tuples of this relation.
    #[must_use]
    pub fn relation(mut self, relation: impl Into<Relation>) -> Self {
        self.relation = Some(relation.into());
        self
    }

    /// Only tuples of this subject.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<Subject>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Whether nothing is set, so that every tuple matches.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The one tuple that matches, where everything is set.
    pub fn as_tuple(&self) -> Option<RelationTuple> {
        Some(RelationTuple {
            namespace: self.namespace.clone()?,
            object: self.object.clone()?,
            relation: self.relation.clone()?,
            subject: self.subject.clone()?,
        })
    }

    /// Whether a tuple matches.
    pub fn matches(&self, tuple: &RelationTuple) -> bool {
        fn fits<T: PartialEq>(wanted: Option<&T>, value: &T) -> bool {
            wanted.is_none_or(|wanted| wanted == value)
        }
        fits(self.namespace.as_ref(), &tuple.namespace)
            && fits(self.object.as_ref(), &tuple.object)
            && fits(self.relation.as_ref(), &tuple.relation)
            && fits(self.subject.as_ref(), &tuple.subject)
    }
}

impl From<RelationTuple> for RelationQuery {
    fn from(tuple: RelationTuple) -> Self {
        Self {
            namespace: Some(tuple.namespace),
            object: Some(tuple.object),
            relation: Some(tuple.relation),
            subject: Some(tuple.subject),
        }
    }
}
