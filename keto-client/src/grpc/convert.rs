//! This crate's types as gRPC messages, and back.

use crate::grpc::proto::tuples as proto;
use crate::model::{
    query::RelationQuery,
    subject::{Subject, SubjectSet},
    tree::SubjectTree,
    tuple::RelationTuple,
};
use ory_http::{Error, ErrorKind};
use serde_json::json;

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

/// A tree that the server sent, in the form that it has in JSON.
pub(super) fn tree(node: proto::SubjectTree) -> SubjectTree {
    let node_type = match proto::NodeType::try_from(node.node_type) {
        Ok(proto::NodeType::Unspecified) => None,
        Ok(known) => {
            let name = known.as_str_name();
            Some(name.trim_start_matches("NODE_TYPE_").to_lowercase().into())
        }
        // A type that is newer than this version, by its number.
        Err(_) => Some(node.node_type.into()),
    };
    let tuple = node.tuple.map(|tuple| {
        let proto::RelationTuple { namespace, object, relation, subject: of } = tuple;
        match of.and_then(subject) {
            Some(subject) => json!(RelationTuple::new(namespace, object, relation, subject)),
            None => json!({"namespace": namespace, "object": object, "relation": relation}),
        }
    });
    let fields = [("type", node_type), ("tuple", tuple)];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    SubjectTree::from_fields(fields).with_children(node.children.into_iter().map(tree).collect())
}
