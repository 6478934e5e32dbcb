//! Who a permission is for.

use crate::model::name::{Namespace, Object, Relation, SubjectId, empty, null_is_empty};
use serde::{Deserialize, Serialize};

/// Who a permission is for: one somebody, or all who have a relation to an object.
///
/// In JSON it is one field, `{"subject_id": …}` or `{"subject_set": {…}}`.
///
/// See <https://www.ory.com/docs/keto/concepts/subjects>.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Subject {
    /// One somebody.
    #[serde(rename = "subject_id")]
    Id(SubjectId),
    /// Everybody with a relation to an object, such as the members of a group.
    #[serde(rename = "subject_set")]
    Set(SubjectSet),
}

/// Everybody with a relation to an object: `Group:admins#members`. With an empty relation it is
/// the object itself, as in `User:ann`; to Keto v0.7, it is everybody with any relation to the
/// object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SubjectSet {
    /// The namespace of the object.
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    pub namespace: Namespace,
    /// The object.
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    pub object: Object,
    /// The relation to it; may be empty.
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    pub relation: Relation,
}

impl SubjectSet {
    /// Everybody with a relation to an object.
    pub fn new(
        namespace: impl Into<Namespace>,
        object: impl Into<Object>,
        relation: impl Into<Relation>,
    ) -> Self {
        Self { namespace: namespace.into(), object: object.into(), relation: relation.into() }
    }
}

impl Subject {
    /// One somebody.
    pub fn id(id: impl Into<SubjectId>) -> Self {
        Self::Id(id.into())
    }

    /// Everybody with a relation to an object.
    pub fn set(
        namespace: impl Into<Namespace>,
        object: impl Into<Object>,
        relation: impl Into<Relation>,
    ) -> Self {
        Self::Set(SubjectSet::new(namespace, object, relation))
    }
}

impl From<SubjectId> for Subject {
    fn from(id: SubjectId) -> Self {
        Self::Id(id)
    }
}

impl From<SubjectSet> for Subject {
    fn from(set: SubjectSet) -> Self {
        Self::Set(set)
    }
}
