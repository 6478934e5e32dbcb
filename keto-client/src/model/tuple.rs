//! Relation tuples.

use crate::model::{
    name::{Namespace, Object, Relation, SubjectId, empty, null_as_empty},
    subject::{Subject, SubjectSet},
};
use serde::{Deserialize, Serialize};

/// A relation tuple states that a subject has a relation to an object.
///
/// It implements serde's traits for the JSON of Keto's REST API, in which a missing name is empty,
/// and [`FromStr`](std::str::FromStr) for `namespace:object#relation@subject`. It does not implement
/// [`Display`](std::fmt::Display): names can contain the delimiters, and such a tuple would be parsed
/// as another one. [`RelationTuple::try_to_string`] returns an error instead.
///
/// ```
/// use keto_client::{RelationTuple, Subject};
///
/// let tuple = RelationTuple::new("app", "homepage", "read", Subject::set("User", "ann", ""));
/// assert_eq!(tuple, "app:homepage#read@User:ann".parse()?);
/// assert_eq!(tuple.try_to_string()?, "app:homepage#read@(User:ann)");
///
/// // The text `app:homepage#read@User:ann` is that of a subject set.
/// let ambiguous = RelationTuple::new("app", "homepage", "read", Subject::id("User:ann"));
/// assert!(ambiguous.try_to_string().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// The subject that has the relation.
    #[serde(flatten)]
    pub subject: Subject,
}

impl RelationTuple {
    /// Creates a relation tuple.
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
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    namespace: Namespace,
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
    object: Object,
    #[serde(default = "empty", deserialize_with = "null_as_empty")]
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
