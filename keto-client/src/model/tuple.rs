//! One permission.

use crate::model::{
    json::TupleJson,
    name::{Namespace, Object, Relation},
    subject::Subject,
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
/// let tuple = RelationTuple::new("app", "homepage", "read", Subject::id("ann"));
/// assert_eq!(tuple, "app:homepage#read@ann".parse().unwrap());
/// assert_eq!(tuple.to_text().unwrap(), "app:homepage#read@ann");
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
