//! Filters over relation tuples.

use crate::model::{
    name::{Namespace, Object, Relation},
    subject::Subject,
    tuple::RelationTuple,
};

/// A filter over relation tuples. A tuple matches if each field that is set is equal. The empty
/// query matches all tuples of the server.
///
/// ```
/// use keto_client::{RelationQuery, Subject};
///
/// let query = RelationQuery::new().namespace("app").subject(Subject::set("User", "ann", ""));
/// assert!(query.matches(&"app:homepage#read@User:ann".parse().unwrap()));
/// ```
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/relationship>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RelationQuery {
    /// The namespace to match, or `None` for any.
    pub namespace: Option<Namespace>,
    /// The object to match, or `None` for any.
    pub object: Option<Object>,
    /// The relation to match, or `None` for any.
    pub relation: Option<Relation>,
    /// The subject to match, or `None` for any.
    pub subject: Option<Subject>,
}

impl RelationQuery {
    /// Creates an empty query.
    pub fn new() -> Self {
        Self::default()
    }

    /// Matches only tuples with this namespace.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<Namespace>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Matches only tuples with this object.
    #[must_use]
    pub fn object(mut self, object: impl Into<Object>) -> Self {
        self.object = Some(object.into());
        self
    }

    /// Matches only tuples with this relation.
    #[must_use]
    pub fn relation(mut self, relation: impl Into<Relation>) -> Self {
        self.relation = Some(relation.into());
        self
    }

    /// Matches only tuples with this subject.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<Subject>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Whether no field is set, so that every tuple matches.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the only tuple that matches, if all fields are set.
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
        fn matches<T: PartialEq>(filter: Option<&T>, value: &T) -> bool {
            filter.is_none_or(|filter| filter == value)
        }
        matches(self.namespace.as_ref(), &tuple.namespace)
            && matches(self.object.as_ref(), &tuple.object)
            && matches(self.relation.as_ref(), &tuple.relation)
            && matches(self.subject.as_ref(), &tuple.subject)
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
