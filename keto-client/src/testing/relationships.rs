//! Reading and writing relation tuples.

use super::{
    KetoVersion,
    query::{may_delete, nil_subject, parse_query},
    routes::Answer,
    state::Keto,
};
use crate::{api::relationships::RelationshipPatch, model::tuple::RelationTuple};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, empty, json};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;

const DEFAULT_PAGE_SIZE: usize = 100;
const MAX_PAGE_SIZE: usize = 1_000;

pub(super) fn list(keto: &Keto, call: &Call<'_>) -> Answer {
    let query = parse_query(call.query_string())?;
    if let Some(namespace) = &query.namespace {
        keto.knows(namespace.as_str())?;
    }
    let not_a_number = |_| ErrorEnvelope::new(StatusCode::BAD_REQUEST, "page_size: invalid syntax");
    let size = call.query("page_size").map_or(Ok(0), |size| size.parse()).map_err(not_a_number)?;
    let size = if size == 0 { DEFAULT_PAGE_SIZE } else { size.min(MAX_PAGE_SIZE) };
    let after = call.query("page_token").filter(|token| !token.is_empty());
    let after = after.map_or(Ok(0), |token| parse_token(keto.version, &token))?;
    let (tuples, next) = keto.page(&query, after, size);
    let next = next.map_or_else(String::new, |number| format!("{number:016x}"));
    Ok(json(StatusCode::OK, &json!({"relation_tuples": tuples, "next_page_token": next})))
}

fn parse_token(version: KetoVersion, token: &str) -> Result<u64, ErrorEnvelope> {
    let (status, message) = match version {
        KetoVersion::V0_7 => (StatusCode::INTERNAL_SERVER_ERROR, "malformed page token"),
        _ => (StatusCode::BAD_REQUEST, "decode token: malformed"),
    };
    let number = (token.len() == 16).then(|| u64::from_str_radix(token, 16).ok()).flatten();
    number.ok_or_else(|| ErrorEnvelope::new(status, message))
}

pub(super) fn create(keto: &Keto, call: &Call<'_>) -> Answer {
    let tuple: RelationTuple = parse(call)?;
    keto.change(vec![RelationshipPatch::Insert(tuple.clone())])?;
    Ok(json(StatusCode::CREATED, &tuple))
}

#[derive(Deserialize)]
struct Delta {
    action: String,
    relation_tuple: RelationTuple,
}

pub(super) fn patch(keto: &Keto, call: &Call<'_>) -> Answer {
    let change = |Delta { action, relation_tuple }| match action.as_str() {
        "insert" => Ok(RelationshipPatch::Insert(relation_tuple)),
        "delete" => Ok(RelationshipPatch::Delete(relation_tuple)),
        _ => Err(ErrorEnvelope::new(StatusCode::BAD_REQUEST, "unknown action")),
    };
    let deltas: Vec<Delta> = parse(call)?;
    keto.change(deltas.into_iter().map(change).collect::<Result<_, _>>()?)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) fn delete(keto: &Keto, call: &Call<'_>) -> Answer {
    let query = parse_query(call.query_string())?;
    may_delete(keto.version, &query)?;
    if let Some(subject) = &query.subject {
        keto.accepts(subject)?;
    }
    if let Some(namespace) = &query.namespace {
        keto.knows(namespace.as_str())?;
    }
    keto.delete_matching(&query)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

fn parse<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, ErrorEnvelope> {
    call.json().map_err(|error| match error.is_eof() {
        true => ErrorEnvelope::new(StatusCode::BAD_REQUEST, "unexpected EOF"),
        false => nil_subject(),
    })
}
