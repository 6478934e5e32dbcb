//! The tree of an expanded subject set.

use crate::model::{subject::Subject, tuple::RelationTuple};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use serde_with::{DefaultOnNull, serde_as};

/// A node of the tree of an expanded subject set, with its children.
///
/// It deserializes the JSON of current versions of Keto and of v0.7, and serializes to the JSON that
/// it was deserialized from, including unknown fields.
///
/// See <https://www.ory.com/docs/keto/concepts/api-overview#expand-subject-sets>.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectTree {
    /// The child nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(deserialize_as = "DefaultOnNull")]
    pub children: Vec<SubjectTree>,
    /// The other fields of the node, as the server sent them.
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// The field of the subject in current versions of Keto: an otherwise empty tuple. In v0.7, the fields
/// of the subject are in the node itself.
const TUPLE: &str = "tuple";
const TYPE: &str = "type";

impl SubjectTree {
    /// Creates a node without children.
    pub fn new(node_type: NodeType, subject: Subject) -> Self {
        let tuple = RelationTuple::new("", "", "", subject);
        Self::from_fields([(TYPE, String::from(node_type).into()), (TUPLE, json!(tuple))])
    }

    /// Creates a node without children from the fields of current versions of Keto.
    pub(crate) fn from_fields(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { children: Vec::new(), fields }
    }

    /// Sets the child nodes.
    #[must_use]
    pub fn with_children(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// Returns the set operation that combines the children. It is [`NodeType::Other`] with the name
    /// `unspecified` if the server sent none.
    pub fn node_type(&self) -> NodeType {
        match self.fields.get(TYPE) {
            None | Some(Value::Null) => NodeType::Other("unspecified".to_owned()),
            Some(Value::String(name)) => name.clone().into(),
            Some(other) => NodeType::Other(other.to_string()),
        }
    }

    /// Returns the subject of the node, if the server sent one.
    pub fn subject(&self) -> Option<Subject> {
        let tuple = self.fields.get(TUPLE).and_then(Value::as_object).unwrap_or(&self.fields);
        RelationTuple::deserialize(tuple).ok().map(|tuple| tuple.subject)
    }

    /// Whether the node has none of the fields of a node.
    pub(crate) fn is_empty(&self) -> bool {
        let names = [TYPE, TUPLE, "subject_id", "subject_set"];
        self.children.is_empty() && !names.iter().any(|name| self.fields.contains_key(*name))
    }

    /// Iterates over this node and its descendants in depth-first order, parents first. The depth of
    /// this node is 0.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, &Self)> {
        let mut stack = vec![(0, self)];
        std::iter::from_fn(move || {
            let (depth, node) = stack.pop()?;
            stack.extend(node.children.iter().rev().map(|child| (depth + 1, child)));
            Some((depth, node))
        })
    }
}

ory_http::text_enum! {
    /// The type of a node: the set operation that combines its children.
    NodeType {
        /// The subjects of any child.
        Union = "union",
        /// The subjects of the first child, except those of the other children.
        Exclusion = "exclusion",
        /// The subjects that all children have in common.
        Intersection = "intersection",
        /// A node without children: a subject id, or a subject set that is empty, at the maximum
        /// depth, or expanded elsewhere in the tree.
        Leaf = "leaf",
        /// The subjects of a relation of the subjects of another relation.
        TupleToSubjectSet = "tuple_to_subject_set",
        /// The subjects of another relation of the same object.
        ComputedSubjectSet = "computed_subject_set",
        /// All subjects except those of the child.
        Not = "not",
    }
}
