//! The JSON and the query strings of Keto's HTTP API.

use crate::{
    api::relationships::RelationshipPatch,
    model::{
        name::{Namespace, Object, Relation},
        query::RelationQuery,
        subject::Subject,
        tuple::RelationTuple,
    },
};
use ory_http::{Error, Response};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as};

/// The response to a check.
#[derive(Deserialize)]
pub(crate) struct WireDecision {
    pub(crate) allowed: bool,
    /// What no server says beside a decision.
    pub(crate) error: Option<IgnoredAny>,
}

/// One page of a list.
#[serde_as]
#[derive(Deserialize)]
pub(crate) struct WirePage {
    pub(crate) relation_tuples: Option<Vec<RelationTuple>>,
    #[serde(default)]
    #[serde_as(as = "DefaultOnNull")]
    pub(crate) next_page_token: String,
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

/// The list in an object. One that is missing is empty, as JSON made of protobuf leaves it out;
/// where there is something else in its place, the response has no list.
pub(crate) fn listed<T>(
    response: &Response,
    list: Option<Vec<T>>,
    other: &Map<String, Value>,
) -> Result<Vec<T>, Error> {
    match list {
        Some(list) => Ok(list),
        None if other.is_empty() => Ok(Vec::new()),
        None => Err(response.unexpected("an object without the list that was asked for")),
    }
}

/// One step of a transaction.
#[derive(Serialize)]
pub(crate) struct WireChange<'a> {
    action: &'static str,
    relation_tuple: &'a RelationTuple,
}

impl<'a> From<&'a RelationshipPatch> for WireChange<'a> {
    fn from(change: &'a RelationshipPatch) -> Self {
        match change {
            RelationshipPatch::Insert(tuple) => Self { action: "insert", relation_tuple: tuple },
            RelationshipPatch::Delete(tuple) => Self { action: "delete", relation_tuple: tuple },
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
