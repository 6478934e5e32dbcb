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
use ory_http::{Error, PageToken, Response};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as};
use url::Url;

/// The answer to a check.
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
/// where there is something else in its place, this is no answer that has a list.
pub(crate) fn listed<T>(
    answer: &Response,
    list: Option<Vec<T>>,
    other: &Map<String, Value>,
) -> Result<Vec<T>, Error> {
    match list {
        Some(list) => Ok(list),
        None if other.is_empty() => Ok(Vec::new()),
        None => Err(answer.unexpected("an object without the list that was asked for")),
    }
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

/// Adds a query to a URL by the names that Keto gives its parts.
pub(crate) fn append_query(url: &mut Url, query: &RelationQuery) {
    let RelationQuery { namespace, object, relation, subject } = query;
    let mut pairs = url.query_pairs_mut();
    for (name, value) in [
        ("namespace", namespace.as_ref().map(Namespace::as_str)),
        ("object", object.as_ref().map(Object::as_str)),
        ("relation", relation.as_ref().map(Relation::as_str)),
    ] {
        if let Some(value) = value {
            pairs.append_pair(name, value);
        }
    }
    match subject {
        Some(Subject::Id(id)) => {
            pairs.append_pair("subject_id", id.as_str());
        }
        Some(Subject::Set(set)) => {
            pairs
                .append_pair("subject_set.namespace", set.namespace.as_str())
                .append_pair("subject_set.object", set.object.as_str())
                .append_pair("subject_set.relation", set.relation.as_str());
        }
        None => {}
    }
}

/// Adds which page of a list is wanted.
pub(crate) fn append_page(url: &mut Url, size: Option<u32>, token: Option<&PageToken>) {
    let mut pairs = url.query_pairs_mut();
    if let Some(size) = size {
        pairs.append_pair("page_size", &size.to_string());
    }
    if let Some(token) = token {
        pairs.append_pair("page_token", token.as_str());
    }
}
