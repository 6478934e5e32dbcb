//! One permission.

use crate::model::{
    json::{SubjectError, TupleJson, TupleJsonRef},
    name::{Namespace, Object, Relation},
    subject::Subject,
};
use serde::{Deserialize, Serialize, Serializer};

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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "TupleJson")]
pub struct RelationTuple {
    /// The namespace of the object.
    pub namespace: Namespace,
    /// The object.
    pub object: Object,
    /// The relation.
    pub relation: Relation,
    /// Who has it.
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

impl Serialize for RelationTuple {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { namespace, object, relation, subject } = self;
        TupleJsonRef::new(namespace, object, relation, subject).serialize(serializer)
    }
}

impl TryFrom<TupleJson> for RelationTuple {
    type Error = SubjectError;

    fn try_from(json: TupleJson) -> Result<Self, SubjectError> {
        let (namespace, object, relation, subject) = json.into_parts()?;
        Ok(Self { namespace, object, relation, subject })
    }
}
