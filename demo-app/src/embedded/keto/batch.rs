//! Many checks in one call.

use super::{check::Depth, store::Store};
use crate::embedded::error::WireError;
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Query},
};
use keto_client::{RelationTuple, Subject};
use serde::Deserialize;
use serde_json::{Value, json};

/// Keto's `limit.max_batch_check_size`.
const LARGEST_BATCH: usize = 10;

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    tuples: Vec<Value>,
}

pub(super) async fn check(store: Data<Store>, body: Bytes, depth: Query<Depth>) -> HttpResponse {
    let bad = |message| WireError::new(StatusCode::BAD_REQUEST, message).response();
    let Ok(Batch { tuples }) = serde_json::from_slice(&body) else {
        return bad("could not unmarshal json");
    };
    if tuples.len() > LARGEST_BATCH {
        return bad("batch exceeds max size of 10");
    }
    let results: Vec<Value> =
        tuples.into_iter().map(|tuple| result(&store, tuple, depth.max_depth)).collect();
    HttpResponse::Ok().json(json!({"results": results}))
}

/// Unlike a single check, this tells an unknown namespace.
fn result(store: &Store, tuple: Value, depth: Option<u32>) -> Value {
    let Ok(tuple) = serde_json::from_value::<RelationTuple>(tuple) else {
        return json!({"allowed": false, "error": "subject is not allowed to be nil"});
    };
    if let Err(error) = store.accepts(&tuple.subject) {
        return json!({"allowed": false, "error": error.message});
    }
    let set = match &tuple.subject {
        Subject::Set(set) => Some(&set.namespace),
        Subject::Id(_) => None,
    };
    for namespace in std::iter::once(&tuple.namespace).chain(set) {
        if let Err(error) = store.known(namespace.as_str()) {
            return json!({"allowed": false, "error": error.message});
        }
    }
    json!({"allowed": store.check(&tuple, depth)})
}
