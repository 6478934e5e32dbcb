//! The JSON form of a relation tuple.

use crate::model::{
    name::{Namespace, Object, Relation, SubjectId, empty, null_is_empty},
    subject::{Subject, SubjectSet},
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A relation tuple in JSON: the subject is one of two fields. In a node of a tree it may have
/// neither.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TupleJson {
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    namespace: Namespace,
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    object: Object,
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    relation: Relation,
    subject_id: Option<SubjectId>,
    subject_set: Option<SubjectSet>,
}

impl TupleJson {
    /// A tuple in which there is nothing but a subject.
    pub(super) fn of_subject(subject: Subject) -> Self {
        let (subject_id, subject_set) = match subject {
            Subject::Id(id) => (Some(id), None),
            Subject::Set(set) => (None, Some(set)),
        };
        Self { namespace: empty(), object: empty(), relation: empty(), subject_id, subject_set }
    }

    /// The subject, where the tuple has one.
    pub(super) fn subject(&self) -> Option<Subject> {
        subject(self.subject_id.as_ref(), self.subject_set.as_ref())
    }

    /// The names and the subject of a whole relation tuple.
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

/// The one subject of two fields.
pub(super) fn subject(id: Option<&SubjectId>, set: Option<&SubjectSet>) -> Option<Subject> {
    match (id, set) {
        (Some(id), None) => Some(Subject::Id(id.clone())),
        (None, Some(set)) => Some(Subject::Set(set.clone())),
        _ => None,
    }
}

/// [`TupleJson`] on its way out.
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
