//! The tree of an expanded subject set.

use crate::model::{
    json::{self, TupleJson},
    name::SubjectId,
    subject::{Subject, SubjectSet},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as, skip_serializing_none};

/// A node of the tree of an expanded subject set, with its children.
///
/// It deserializes the JSON of current versions of Keto and of v0.7, and serializes to the JSON that
/// it was deserialized from, including unknown fields.
///
/// See <https://www.ory.com/docs/keto/concepts/api-overview#expand-subject-sets>.
#[skip_serializing_none]
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectTree {
    /// The set operation that combines the children.
    #[serde(rename = "type")]
    pub node_type: NodeType,
    /// The child nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(deserialize_as = "DefaultOnNull")]
    pub children: Vec<SubjectTree>,
    /// The subject in current versions of Keto, in an otherwise empty tuple.
    tuple: Option<TupleJson>,
    /// The subject in Keto v0.7, if it is a subject id.
    subject_id: Option<SubjectId>,
    /// The subject in Keto v0.7, if it is a subject set.
    subject_set: Option<SubjectSet>,
    /// Unknown fields.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl SubjectTree {
    /// Creates a node without children.
    pub fn new(node_type: NodeType, subject: Subject) -> Self {
        let tuple = TupleJson::from_subject(subject);
        Self { tuple: Some(tuple), ..Self::without_subject(node_type) }
    }

    /// Creates a node without a subject.
    pub(crate) fn without_subject(node_type: NodeType) -> Self {
        Self {
            node_type,
            children: Vec::new(),
            tuple: None,
            subject_id: None,
            subject_set: None,
            other: Map::new(),
        }
    }

    /// Sets the child nodes.
    #[must_use]
    pub fn with_children(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// Returns the subject of the node, if the server sent one.
    pub fn subject(&self) -> Option<Subject> {
        match &self.tuple {
            Some(tuple) => tuple.subject(),
            None => json::subject(self.subject_id.as_ref(), self.subject_set.as_ref()),
        }
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

/// The type of a node: the set operation that combines its children.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum NodeType {
    /// The subjects of any child.
    Union,
    /// The subjects of the first child, except those of the other children.
    Exclusion,
    /// The subjects that all children have in common.
    Intersection,
    /// A node without children: a subject id, or a subject set that is empty, at the maximum depth,
    /// or expanded elsewhere in the tree.
    Leaf,
    /// The subjects of a relation of the subjects of another relation.
    TupleToSubjectSet,
    /// The subjects of another relation of the same object.
    ComputedSubjectSet,
    /// All subjects except those of the child.
    Not,
    /// A type that is unknown to this crate.
    Other(String),
}

const NODE_TYPE_NAMES: [(NodeType, &str); 7] = [
    (NodeType::Union, "union"),
    (NodeType::Exclusion, "exclusion"),
    (NodeType::Intersection, "intersection"),
    (NodeType::Leaf, "leaf"),
    (NodeType::TupleToSubjectSet, "tuple_to_subject_set"),
    (NodeType::ComputedSubjectSet, "computed_subject_set"),
    (NodeType::Not, "not"),
];

impl NodeType {
    /// The name of the type in the API.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => {
                NODE_TYPE_NAMES.iter().find(|(kind, _)| kind == known).map_or("", |(_, name)| name)
            }
        }
    }
}

impl From<String> for NodeType {
    fn from(name: String) -> Self {
        match NODE_TYPE_NAMES.into_iter().find(|(_, known)| *known == name) {
            Some((kind, _)) => kind,
            None => Self::Other(name),
        }
    }
}

impl From<NodeType> for String {
    fn from(kind: NodeType) -> Self {
        kind.as_str().to_owned()
    }
}
