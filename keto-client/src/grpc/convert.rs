//! This crate's types as gRPC messages, and back.

use crate::grpc::proto::tuples as proto;
use crate::model::{
    query::RelationQuery,
    subject::{Subject, SubjectSet},
    tree::{NodeType, SubjectTree},
    tuple::RelationTuple,
};
use ory_http::{Error, ErrorKind};

impl From<&SubjectSet> for proto::SubjectSet {
    fn from(set: &SubjectSet) -> Self {
        Self {
            namespace: set.namespace.to_string(),
            object: set.object.to_string(),
            relation: set.relation.to_string(),
        }
    }
}

impl From<&Subject> for proto::Subject {
    fn from(subject: &Subject) -> Self {
        let subject = match subject {
            Subject::Id(id) => proto::subject::Ref::Id(id.to_string()),
            Subject::Set(set) => proto::subject::Ref::Set(set.into()),
        };
        Self { r#ref: Some(subject) }
    }
}

impl From<&RelationTuple> for proto::RelationTuple {
    fn from(tuple: &RelationTuple) -> Self {
        Self {
            namespace: tuple.namespace.to_string(),
            object: tuple.object.to_string(),
            relation: tuple.relation.to_string(),
            subject: Some((&tuple.subject).into()),
        }
    }
}

impl From<&RelationQuery> for proto::RelationQuery {
    fn from(query: &RelationQuery) -> Self {
        Self {
            namespace: query.namespace.as_ref().map(ToString::to_string),
            object: query.object.as_ref().map(ToString::to_string),
            relation: query.relation.as_ref().map(ToString::to_string),
            subject: query.subject.as_ref().map(Into::into),
        }
    }
}

/// A tuple that the server sent. One without a subject is no tuple.
pub(super) fn tuple(
    operation: &'static str,
    tuple: proto::RelationTuple,
) -> Result<RelationTuple, Error> {
    let Some(subject) = tuple.subject.and_then(subject) else {
        let problem = "a relation tuple without a subject";
        return Err(Error::new(operation, ErrorKind::Unexpected { status: None, problem }));
    };
    Ok(RelationTuple::new(tuple.namespace, tuple.object, tuple.relation, subject))
}

fn subject(subject: proto::Subject) -> Option<Subject> {
    Some(match subject.r#ref? {
        proto::subject::Ref::Id(id) => Subject::id(id),
        proto::subject::Ref::Set(set) => Subject::set(set.namespace, set.object, set.relation),
    })
}

/// A tree that the server sent.
pub(super) fn tree(node: proto::SubjectTree) -> SubjectTree {
    let node_type = match proto::NodeType::try_from(node.node_type) {
        Ok(proto::NodeType::Union) => NodeType::Union,
        Ok(proto::NodeType::Exclusion) => NodeType::Exclusion,
        Ok(proto::NodeType::Intersection) => NodeType::Intersection,
        Ok(proto::NodeType::Leaf) => NodeType::Leaf,
        Ok(proto::NodeType::Unspecified) => NodeType::Other("unspecified".into()),
        // A type that is newer than this version, by its number.
        Err(_) => NodeType::Other(node.node_type.to_string()),
    };
    let subject = node.tuple.and_then(|tuple| subject(tuple.subject?));
    let tree_node = match subject {
        Some(subject) => SubjectTree::new(node_type, subject),
        None => SubjectTree::without_subject(node_type),
    };
    tree_node.with_children(node.children.into_iter().map(tree).collect())
}
