//! Who is in a subject set, as a tree.

use crate::model::{
    json::{self, TupleJson},
    name::SubjectId,
    subject::{Subject, SubjectSet},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as, skip_serializing_none};

/// One node of an expanded subject set, with what is below it.
///
/// It reads the JSON of today's Keto and of v0.7, and written again it is what was read.
///
/// See <https://www.ory.com/docs/keto/concepts/api-overview#expand-subject-sets>.
#[skip_serializing_none]
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectTree {
    /// How the children make up the node.
    #[serde(rename = "type")]
    pub node_type: NodeType,
    /// The nodes below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(deserialize_as = "DefaultOnNull")]
    pub children: Vec<SubjectTree>,
    /// Where today's Keto tells the subject: in a tuple that is otherwise empty.
    tuple: Option<TupleJson>,
    /// Where v0.7 tells a subject id.
    subject_id: Option<SubjectId>,
    /// Where v0.7 tells a subject set.
    subject_set: Option<SubjectSet>,
    /// What else the server says of the node.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl SubjectTree {
    /// A node without children, in the form of today's Keto.
    pub fn new(node_type: NodeType, subject: Subject) -> Self {
        let tuple = TupleJson::of_subject(subject);
        Self { tuple: Some(tuple), ..Self::without_subject(node_type) }
    }

    /// A node of which the server does not say who it is.
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

    /// Puts nodes below this one.
    #[must_use]
    pub fn with_children(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// Who the node is, where the server says.
    pub fn subject(&self) -> Option<Subject> {
        match &self.tuple {
            Some(tuple) => tuple.subject(),
            None => json::subject(self.subject_id.as_ref(), self.subject_set.as_ref()),
        }
    }

    /// This node and all below it, parents first, each with its depth from 0.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, &Self)> {
        let mut waiting = vec![(0, self)];
        std::iter::from_fn(move || {
            let (depth, node) = waiting.pop()?;
            waiting.extend(node.children.iter().rev().map(|child| (depth + 1, child)));
            Some((depth, node))
        })
    }
}

/// How the children of a node make it up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum NodeType {
    /// Everybody who is in one child or more.
    Union,
    /// Everybody who is in the first child and in no other.
    Exclusion,
    /// Everybody who is in all children.
    Intersection,
    /// No children: a subject id, or a set that is empty, at the depth limit, or expanded elsewhere
    /// in the tree.
    Leaf,
    /// A set that is reached through another relation's subjects.
    TupleToSubjectSet,
    /// Another relation of the same object.
    ComputedSubjectSet,
    /// Everybody who is not in the child.
    Not,
    /// A type that this crate does not know, by the server's name for it.
    Other(String),
}

const NAMES: [(NodeType, &str); 7] = [
    (NodeType::Union, "union"),
    (NodeType::Exclusion, "exclusion"),
    (NodeType::Intersection, "intersection"),
    (NodeType::Leaf, "leaf"),
    (NodeType::TupleToSubjectSet, "tuple_to_subject_set"),
    (NodeType::ComputedSubjectSet, "computed_subject_set"),
    (NodeType::Not, "not"),
];

impl NodeType {
    /// The server's name for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => NAMES.iter().find(|(kind, _)| kind == known).map_or("", |(_, name)| name),
        }
    }
}

impl From<String> for NodeType {
    fn from(name: String) -> Self {
        match NAMES.into_iter().find(|(_, known)| *known == name) {
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
