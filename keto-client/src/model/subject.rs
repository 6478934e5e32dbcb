//! Subjects: subject ids and subject sets.

use crate::model::name::{Namespace, Object, Relation, SubjectId, empty, null_as_empty};
use serde::{Deserialize, Serialize};

/// The subject of a relation tuple: a subject id, or a subject set.
///
/// Implements [`FromStr`](std::str::FromStr) for the text form of Keto, and writes it with
/// [`Subject::try_to_string`].
///
/// It serializes to one field, `{"subject_id": …}` or `{"subject_set": {…}}`.
///
/// See <https://www.ory.com/docs/keto/concepts/subjects>.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Subject {
    /// A single subject, such as a user.
    #[serde(rename = "subject_id")]
    Id(SubjectId),
    /// All subjects that have a relation to an object, such as the members of a group.
    #[serde(rename = "subject_set")]
    Set(SubjectSet),
}

/// All subjects that have a relation to an object, such as `Group:admins#members`. With an empty
/// relation, it is the object itself, such as `User:ann`; Keto v0.7 treats an empty relation as a
/// wildcard.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SubjectSet {
    /// The namespace of the object.
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    pub namespace: Namespace,
    /// The object.
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    pub object: Object,
    /// The relation, which may be empty.
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    pub relation: Relation,
}

impl SubjectSet {
    /// Creates a subject set.
    pub fn new(
        namespace: impl Into<Namespace>,
        object: impl Into<Object>,
        relation: impl Into<Relation>,
    ) -> Self {
        Self { namespace: namespace.into(), object: object.into(), relation: relation.into() }
    }
}

impl Subject {
    /// Creates a subject from a subject id.
    pub fn id(id: impl Into<SubjectId>) -> Self {
        Self::Id(id.into())
    }

    /// Creates a subject from the parts of a subject set.
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
