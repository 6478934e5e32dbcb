//! The JSON and the query strings of Keto's HTTP API.

use crate::{
    api::relationships::Change,
    model::{
        name::{Namespace, Object, Relation},
        query::RelationQuery,
        subject::Subject,
        tuple::RelationTuple,
    },
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

/// The response to a check.
#[derive(Deserialize)]
pub(crate) struct WireDecision {
    pub(crate) allowed: bool,
    /// What no server says beside a decision.
    pub(crate) error: Option<IgnoredAny>,
}

/// One page of a list.
#[derive(Deserialize)]
pub(crate) struct WirePage {
    #[serde(default)]
    pub(crate) relation_tuples: Vec<RelationTuple>,
    #[serde(default)]
    pub(crate) next_page_token: String,
}

/// One step of a transaction.
#[derive(Serialize)]
pub(crate) struct WireChange<'a> {
    action: &'static str,
    relation_tuple: &'a RelationTuple,
}

impl<'a> From<&'a Change> for WireChange<'a> {
    fn from(change: &'a Change) -> Self {
        match change {
            Change::Insert(tuple) => Self { action: "insert", relation_tuple: tuple },
            Change::Delete(tuple) => Self { action: "delete", relation_tuple: tuple },
        }
    }
}

/// A query by the names that Keto gives its parts.
pub(crate) fn query_pairs(query: &RelationQuery) -> Vec<(&'static str, &str)> {
    let RelationQuery { namespace, object, relation, subject } = query;
    let names = [
        ("namespace", namespace.as_ref().map(Namespace::as_str)),
        ("object", object.as_ref().map(Object::as_str)),
        ("relation", relation.as_ref().map(Relation::as_str)),
    ];
    let names = names.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let subject = match subject {
        Some(Subject::Id(id)) => vec![("subject_id", id.as_str())],
        Some(Subject::Set(set)) => vec![
            ("subject_set.namespace", set.namespace.as_str()),
            ("subject_set.object", set.object.as_str()),
            ("subject_set.relation", set.relation.as_str()),
        ],
        None => Vec::new(),
    };
    names.chain(subject).collect()
}
