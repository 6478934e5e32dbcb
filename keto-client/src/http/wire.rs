//! The JSON and the query parameters of Keto's REST API.

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
    /// Never sent with a decision.
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

/// Returns the list in an object. JSON encoded from Protocol Buffers omits an empty list; an object with
/// other fields instead is unexpected.
pub(crate) fn list_or_empty<T>(
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

/// An insertion or deletion in a transaction.
#[derive(Serialize)]
pub(crate) struct WirePatch<'a> {
    action: &'static str,
    relation_tuple: &'a RelationTuple,
}

impl<'a> From<&'a RelationshipPatch> for WirePatch<'a> {
    fn from(patch: &'a RelationshipPatch) -> Self {
        match patch {
            RelationshipPatch::Insert(tuple) => Self { action: "insert", relation_tuple: tuple },
            RelationshipPatch::Delete(tuple) => Self { action: "delete", relation_tuple: tuple },
        }
    }
}

/// The query parameters of a query.
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
