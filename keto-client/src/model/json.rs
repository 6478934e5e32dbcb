//! The JSON form of a relation tuple.

use crate::model::{
    name::{Namespace, Object, Relation, SubjectId, empty, null_as_empty},
    subject::{Subject, SubjectSet},
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A relation tuple in JSON, in which the subject is one of two fields. A node of a tree can have
/// neither of them.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TupleJson {
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    namespace: Namespace,
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    object: Object,
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    relation: Relation,
    subject_id: Option<SubjectId>,
    subject_set: Option<SubjectSet>,
}

impl TupleJson {
    /// Creates a tuple that contains only a subject.
    pub(super) fn from_subject(subject: Subject) -> Self {
        let (subject_id, subject_set) = match subject {
            Subject::Id(id) => (Some(id), None),
            Subject::Set(set) => (None, Some(set)),
        };
        Self { namespace: empty(), object: empty(), relation: empty(), subject_id, subject_set }
    }

    /// Returns the subject, if the tuple has one.
    pub(super) fn subject(&self) -> Option<Subject> {
        subject(self.subject_id.as_ref(), self.subject_set.as_ref())
    }

    /// Returns the parts of a complete relation tuple.
    pub(super) fn into_parts(self) -> Result<(Namespace, Object, Relation, Subject), SubjectError> {
        let subject = match (self.subject_id, self.subject_set) {
            (Some(id), None) => Subject::Id(id),
            (None, Some(set)) => Subject::Set(set),
            (None, None) => return Err(SubjectError::None),
            (Some(_), Some(_)) => return Err(SubjectError::Both),
        };
        Ok((self.namespace, self.object, self.relation, subject))
    }
}

/// Returns the subject if exactly one of the two fields is set.
pub(super) fn subject(id: Option<&SubjectId>, set: Option<&SubjectSet>) -> Option<Subject> {
    match (id, set) {
        (Some(id), None) => Some(Subject::Id(id.clone())),
        (None, Some(set)) => Some(Subject::Set(set.clone())),
        _ => None,
    }
}

/// [`TupleJson`] for serialization.
#[skip_serializing_none]
#[derive(Serialize)]
pub(super) struct TupleJsonRef<'a> {
    namespace: &'a Namespace,
    object: &'a Object,
    relation: &'a Relation,
    subject_id: Option<&'a SubjectId>,
    subject_set: Option<&'a SubjectSet>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SubjectError {
    #[error("a relation tuple without subject_id and subject_set")]
    None,
    #[error("a relation tuple with both subject_id and subject_set")]
    Both,
}

impl<'a> TupleJsonRef<'a> {
    pub(super) fn new(
        namespace: &'a Namespace,
        object: &'a Object,
        relation: &'a Relation,
        subject: &'a Subject,
    ) -> Self {
        let (subject_id, subject_set) = match subject {
            Subject::Id(id) => (Some(id), None),
            Subject::Set(set) => (None, Some(set)),
        };
        Self { namespace, object, relation, subject_id, subject_set }
    }
}
