//! Relation queries in query strings.

use super::KetoVersion;
use crate::model::{query::RelationQuery, subject::Subject, tuple::RelationTuple};
use http::StatusCode;
use ory_http::testing::ErrorEnvelope;
use std::collections::HashMap;
use url::form_urlencoded;

/// Parses a relation query from a query string.
pub(super) fn parse_query(text: &str) -> Result<RelationQuery, ErrorEnvelope> {
    let pairs: HashMap<String, String> =
        form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.get(name).map(String::as_str);
    let mut query = RelationQuery::new();
    if let Some(namespace) = get("namespace") {
        query = query.namespace(namespace);
    }
    if let Some(object) = get("object") {
        query = query.object(object);
    }
    if let Some(relation) = get("relation") {
        query = query.relation(relation);
    }
    let bad = |message| ErrorEnvelope::new(StatusCode::BAD_REQUEST, message);
    let set = ["subject_set.namespace", "subject_set.object", "subject_set.relation"].map(get);
    match (get("subject_id"), set) {
        (None, [None, None, None]) => Ok(query),
        (Some(id), [None, None, None]) => Ok(query.subject(Subject::id(id))),
        (None, [Some(namespace), Some(object), Some(relation)]) => {
            Ok(query.subject(Subject::set(namespace, object, relation)))
        }
        (None, _) => {
            Err(bad("incomplete subject, provide \"subject_id\" or a complete \"subject_set.*\""))
        }
        (Some(_), _) => Err(bad("exactly one of subject_set or subject_id has to be provided")),
    }
}

/// The one tuple that a query matches.
pub(super) fn as_tuple(query: &RelationQuery) -> Result<RelationTuple, ErrorEnvelope> {
    query.as_tuple().ok_or_else(nil_subject)
}

pub(super) fn nil_subject() -> ErrorEnvelope {
    ErrorEnvelope::new(StatusCode::BAD_REQUEST, "subject is not allowed to be nil")
}

/// Whether a delete may have this query: v0.7 only deletes whole tuples.
pub(super) fn may_delete(version: KetoVersion, query: &RelationQuery) -> Result<(), ErrorEnvelope> {
    match version {
        KetoVersion::V0_7 => as_tuple(query).map(drop),
        _ if query.namespace.is_none() => Err(ErrorEnvelope::bad_request(
            "query parameters must specify at least one of the following: namespace",
        )),
        _ => Ok(()),
    }
}
