//! The JSON form of a relation tuple.

use crate::model::{
    name::{Namespace, Object, Relation, SubjectId},
    subject::{Subject, SubjectSet},
    tuple::RelationTuple,
};
use serde::{Deserialize, Deserializer};

/// A relation tuple in JSON: the subject is one of two fields.
#[derive(Deserialize)]
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

/// A name that the server leaves out, as JSON made of protobuf does with one that is empty.
pub(super) fn empty<T: From<&'static str>>() -> T {
    "".into()
}

/// A name, which is empty where the server sends `null`.
pub(super) fn null_is_empty<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + From<&'static str>,
{
    Ok(Option::deserialize(from)?.unwrap_or_else(empty))
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SubjectError {
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
