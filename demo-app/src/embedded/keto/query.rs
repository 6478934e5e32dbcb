//! Relation queries in query strings.

use super::Wire;
use crate::embedded::error::WireError;
use actix_web::http::StatusCode;
use keto_client::{RelationQuery, RelationTuple, Subject};
use std::collections::HashMap;

/// Reads a relation query from a query string.
pub(super) fn query_of(text: &str) -> Result<RelationQuery, WireError> {
    let pairs: HashMap<String, String> =
        url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
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
    let set = ["subject_set.namespace", "subject_set.object", "subject_set.relation"].map(get);
    match (get("subject_id"), set) {
        (None, [None, None, None]) => Ok(query),
        (Some(id), [None, None, None]) => Ok(query.subject(Subject::id(id))),
        (None, [Some(n), Some(o), Some(r)]) => Ok(query.subject(Subject::set(n, o, r))),
        (None, _) => Err(WireError::new(
            StatusCode::BAD_REQUEST,
            "incomplete subject, provide \"subject_id\" or a complete \"subject_set.*\"",
        )),
        (Some(_), _) => Err(WireError::new(
            StatusCode::BAD_REQUEST,
            "exactly one of subject_set or subject_id has to be provided",
        )),
    }
}

/// The one tuple that a query names.
pub(super) fn whole(query: &RelationQuery) -> Result<RelationTuple, WireError> {
    query.as_tuple().ok_or_else(nil_subject)
}

pub(super) fn nil_subject() -> WireError {
    WireError::new(StatusCode::BAD_REQUEST, "subject is not allowed to be nil")
}

/// v0.7 can delete whole tuples only.
pub(super) fn may_delete(wire: Wire, query: &RelationQuery) -> Result<(), WireError> {
    match wire {
        Wire::Current | Wire::Network if query.namespace.is_none() => Err(WireError::bad_request(
            "query parameters must specify at least one of the following: namespace",
        )),
        Wire::V0_7 if query.as_tuple().is_none() => Err(nil_subject()),
        _ => Ok(()),
    }
}
