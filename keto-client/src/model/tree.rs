//! Who is in a subject set, as a tree.

use crate::model::{subject::Subject, tuple::RelationTuple};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use serde_with::{DefaultOnNull, serde_as};

/// One node of an expanded subject set, with what is below it.
///
/// It reads the JSON of today's Keto and of v0.7, and written again it is what was read.
///
/// See <https://www.ory.com/docs/keto/concepts/api-overview#expand-subject-sets>.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectTree {
    /// The nodes below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[serde_as(deserialize_as = "DefaultOnNull")]
    pub children: Vec<SubjectTree>,
    /// What else the server says of the node, as it says it.
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Where today's Keto tells the subject of a node: in a tuple that is otherwise empty. v0.7 has the
/// subject's fields in the node itself.
const TUPLE: &str = "tuple";
const TYPE: &str = "type";

impl SubjectTree {
    /// A node without children, in the form of today's Keto.
    pub fn new(node_type: NodeType, subject: Subject) -> Self {
        let tuple = RelationTuple::new("", "", "", subject);
        Self::from_fields([(TYPE, String::from(node_type).into()), (TUPLE, json!(tuple))])
    }

    /// A node without children, by the fields of today's Keto.
    pub(crate) fn from_fields(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { children: Vec::new(), fields }
    }

    /// Puts nodes below this one.
    #[must_use]
    pub fn with_children(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// How the children make up the node; `unspecified` where the server does not say.
    pub fn node_type(&self) -> NodeType {
        match self.fields.get(TYPE) {
            None | Some(Value::Null) => NodeType::Other("unspecified".to_owned()),
            Some(Value::String(name)) => name.clone().into(),
            Some(other) => NodeType::Other(other.to_string()),
        }
    }

    /// Who the node is, where the server says.
    pub fn subject(&self) -> Option<Subject> {
        let tuple = self.fields.get(TUPLE).and_then(Value::as_object).unwrap_or(&self.fields);
        RelationTuple::deserialize(tuple).ok().map(|tuple| tuple.subject)
    }

    /// Whether it says anything that a node does.
    pub(crate) fn is_empty(&self) -> bool {
        let names = [TYPE, TUPLE, "subject_id", "subject_set"];
        self.children.is_empty() && !names.iter().any(|name| self.fields.contains_key(*name))
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
