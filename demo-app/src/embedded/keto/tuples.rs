//! Reading and writing relation tuples.

use super::{
    Wire,
    query::{may_delete, nil_subject, query_of},
    store::Store,
};
use crate::embedded::error::WireError;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data},
};
use base64::{Engine, prelude::BASE64_URL_SAFE};
use keto_client::{RelationTuple, RelationshipPatch};
use serde::Deserialize;
use serde_json::json;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 1_000;

pub(super) async fn list(store: Data<Store>, request: HttpRequest) -> HttpResponse {
    match page(&store, request.query_string()) {
        Ok(page) => HttpResponse::Ok().json(page),
        Err(error) => error.into(),
    }
}

fn page(store: &Store, text: &str) -> Result<serde_json::Value, WireError> {
    let query = query_of(text)?;
    let get = |name: &str| {
        url::form_urlencoded::parse(text.as_bytes()).find(|(key, _)| key == name).map(|(_, v)| v)
    };
    if let Some(namespace) = get("namespace") {
        store.known(&namespace)?;
    }
    let not_a_number = |_| WireError::new(StatusCode::BAD_REQUEST, "page_size: invalid syntax");
    let size: usize = get("page_size").map_or(Ok(0), |size| size.parse()).map_err(not_a_number)?;
    let size = if size == 0 { DEFAULT_PAGE } else { size.min(LARGEST_PAGE) };
    let after = get("page_token").filter(|token| !token.is_empty());
    let after = after.map_or(Ok(0), |token| read_token(store.wire, &token))?;
    let (tuples, next) = store.page(&query, after, size);
    let next = next.map_or_else(String::new, |number| BASE64_URL_SAFE.encode(number.to_be_bytes()));
    Ok(json!({"relation_tuples": tuples, "next_page_token": next}))
}

fn read_token(wire: Wire, token: &str) -> Result<u64, WireError> {
    let bytes = BASE64_URL_SAFE.decode(token).ok().and_then(|bytes| bytes.try_into().ok());
    let malformed = || match wire {
        Wire::Current | Wire::Network => {
            WireError::new(StatusCode::BAD_REQUEST, "decode token: malformed")
        }
        Wire::V0_7 => WireError::new(StatusCode::INTERNAL_SERVER_ERROR, "malformed page token"),
    };
    bytes.map(u64::from_be_bytes).ok_or_else(malformed)
}

pub(super) async fn create(store: Data<Store>, body: Bytes) -> HttpResponse {
    let tuple: RelationTuple = match read(&body) {
        Ok(tuple) => tuple,
        Err(error) => return error.into(),
    };
    match store.change(vec![RelationshipPatch::Insert(tuple.clone())]) {
        Ok(()) => HttpResponse::Created().json(tuple),
        Err(error) => error.into(),
    }
}

#[derive(Deserialize)]
struct Delta {
    action: String,
    relation_tuple: RelationTuple,
}

pub(super) async fn patch(store: Data<Store>, body: Bytes) -> HttpResponse {
    let result = read::<Vec<Delta>>(&body).and_then(|deltas| {
        let changes: Result<_, _> = deltas.into_iter().map(change).collect();
        store.change(changes?)
    });
    no_content(result)
}

fn change(delta: Delta) -> Result<RelationshipPatch, WireError> {
    match delta.action.as_str() {
        "insert" => Ok(RelationshipPatch::Insert(delta.relation_tuple)),
        "delete" => Ok(RelationshipPatch::Delete(delta.relation_tuple)),
        _ => Err(WireError::new(StatusCode::BAD_REQUEST, "unknown action")),
    }
}

pub(super) async fn delete(store: Data<Store>, request: HttpRequest) -> HttpResponse {
    let result = query_of(request.query_string()).and_then(|query| {
        may_delete(store.wire, &query)?;
        if let Some(subject) = &query.subject {
            store.accepts(subject)?;
        }
        if let Some(namespace) = &query.namespace {
            store.known(namespace.as_str())?;
        }
        store.delete_matching(&query);
        Ok(())
    });
    no_content(result)
}

fn no_content(result: Result<(), WireError>) -> HttpResponse {
    match result {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => error.into(),
    }
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, WireError> {
    let message = |error: serde_json::Error| match error.is_eof() {
        true => WireError::new(StatusCode::BAD_REQUEST, "unexpected EOF"),
        false => nil_subject(),
    };
    serde_json::from_slice(body).map_err(message)
}
