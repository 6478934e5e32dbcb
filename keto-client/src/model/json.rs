//! The JSON form of a relation tuple.

use crate::model::{
    name::{Namespace, Object, Relation, SubjectId},
    subject::{Subject, SubjectSet},
    tuple::RelationTuple,
};
use serde::{Deserialize, Serialize};

/// A relation tuple in JSON: the subject is one of two fields.
#[derive(Deserialize)]
pub(super) struct TupleJson {
    namespace: Namespace,
    object: Object,
    relation: Relation,
    subject_id: Option<SubjectId>,
    subject_set: Option<SubjectSet>,
}

/// [`TupleJson`] on its way out.
#[derive(Serialize)]
pub(super) struct TupleJsonRef<'a> {
    namespace: &'a Namespace,
    object: &'a Object,
    relation: &'a Relation,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_id: Option<&'a SubjectId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_set: Option<&'a SubjectSet>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum SubjectError {
    #[error("a relation tuple without subject_id and subject_set")]
    None,
    #[error("a relation tuple with both subject_id and subject_set")]
    Both,
}

impl TryFrom<TupleJson> for RelationTuple {
    type Error = SubjectError;

    fn try_from(json: TupleJson) -> Result<Self, SubjectError> {
        let subject = match (json.subject_id, json.subject_set) {
            (Some(id), None) => Subject::Id(id),
            (None, Some(set)) => Subject::Set(set),
            (None, None) => return Err(SubjectError::None),
            (Some(_), Some(_)) => return Err(SubjectError::Both),
        };
        Ok(Self {
            namespace: json.namespace,
            object: json.object,
            relation: json.relation,
            subject,
        })
    }
}

impl<'a> From<&'a RelationTuple> for TupleJsonRef<'a> {
    fn from(tuple: &'a RelationTuple) -> Self {
        let RelationTuple { namespace, object, relation, subject } = tuple;
        let (subject_id, subject_set) = match subject {
            Subject::Id(id) => (Some(id), None),
            Subject::Set(set) => (None, Some(set)),
        };
        Self { namespace, object, relation, subject_id, subject_set }
    }
}
