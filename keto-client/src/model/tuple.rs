//! Relation tuples.

use crate::model::{
    json::{SubjectError, TupleJson, TupleJsonRef},
    name::{Namespace, Object, Relation},
    subject::Subject,
};
use serde::{Deserialize, Serialize, Serializer};

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
/// let tuple = RelationTuple::new("app", "homepage", "read", Subject::id("ann"));
/// assert_eq!(tuple, "app:homepage#read@ann".parse()?);
/// assert_eq!(tuple.try_to_string()?, "app:homepage#read@ann");
///
/// // `app:homepage#read@User:ann` is the tuple of a subject set.
/// let ambiguous = RelationTuple::new("app", "homepage", "read", Subject::id("User:ann"));
/// assert!(ambiguous.try_to_string().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// The subject that has the relation.
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
