//! One permission.

use crate::model::{
    name::{Namespace, Object, Relation, SubjectId, empty, null_is_empty},
    subject::{Subject, SubjectSet},
};
use serde::{Deserialize, Serialize};

/// That a subject has a relation to an object: the unit in which Keto stores and answers.
///
/// It always has a subject, so that no question can be asked about nobody. In JSON, a name that is
/// left out is empty, as in all JSON that is made of protobuf.
///
/// ```
/// use keto_client::{RelationTuple, Subject};
///
/// let tuple = RelationTuple::new("app", "homepage", "read", Subject::set("User", "ann", ""));
/// assert_eq!(tuple, "app:homepage#read@User:ann".parse().unwrap());
/// assert_eq!(tuple.to_text().unwrap(), "app:homepage#read@(User:ann)");
/// ```
///
/// See <https://www.ory.com/docs/keto/concepts/relation-tuples>.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "TupleJson")]
pub struct RelationTuple {
    /// The namespace of the object.
    pub namespace: Namespace,
    /// The object.
    pub object: Object,
    /// The relation.
    pub relation: Relation,
    /// Who has it.
    #[serde(flatten)]
    pub subject: Subject,
}

impl RelationTuple {
    /// Puts a tuple together.
    pub fn new(
        namespace: impl Into<Namespace>,
        object: impl Into<Object>,
        relation: impl Into<Relation>,
        subject: impl Into<Subject>,
    ) -> Self {
        Self {
            namespace: namespace.into(),
            object: object.into(),
            relation: relation.into(),
            subject: subject.into(),
        }
    }
}

/// A relation tuple in JSON: its subject is one of two fields.
#[derive(Deserialize)]
struct TupleJson {
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    namespace: Namespace,
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    object: Object,
    #[serde(default = "empty", deserialize_with = "null_is_empty")]
    relation: Relation,
    subject_id: Option<SubjectId>,
    subject_set: Option<SubjectSet>,
}

impl TryFrom<TupleJson> for RelationTuple {
    type Error = &'static str;

    fn try_from(json: TupleJson) -> Result<Self, &'static str> {
        let TupleJson { namespace, object, relation, subject_id, subject_set } = json;
        let subject = match (subject_id, subject_set) {
            (Some(id), None) => Subject::Id(id),
            (None, Some(set)) => Subject::Set(set),
            (None, None) => return Err("a relation tuple without subject_id and subject_set"),
            (Some(_), Some(_)) => {
                return Err("a relation tuple with both subject_id and subject_set");
            }
        };
        Ok(Self { namespace, object, relation, subject })
    }
}
