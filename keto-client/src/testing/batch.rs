//! Batch checks.

use super::{check::max_depth, routes::Answer, state::Keto};
use crate::model::{subject::Subject, tuple::RelationTuple};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, json};
use serde::Deserialize;
use serde_json::{Value, json};

/// The value of Keto's `limit.max_batch_check_size` by default.
const MAX_BATCH_SIZE: usize = 10;

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    tuples: Vec<Value>,
}

pub(super) fn check(keto: &Keto, call: &Call<'_>) -> Answer {
    let bad = |message| ErrorEnvelope::new(StatusCode::BAD_REQUEST, message);
    let Batch { tuples } = call.json().map_err(|_| bad("could not unmarshal json"))?;
    if tuples.len() > MAX_BATCH_SIZE {
        return Err(bad("batch exceeds max size of 10"));
    }
    let depth = max_depth(call)?;
    let result = |tuple| match result(keto, tuple, depth) {
        Ok(allowed) => json!({"allowed": allowed}),
        Err(error) => json!({"allowed": false, "error": error.error()["message"]}),
    };
    let results: Vec<Value> = tuples.into_iter().map(result).collect();
    Ok(json(StatusCode::OK, &json!({"results": results})))
}

/// Unlike a single check, this fails for an unknown namespace.
fn result(keto: &Keto, tuple: Value, depth: Option<u32>) -> Result<bool, ErrorEnvelope> {
    let tuple: RelationTuple =
        serde_json::from_value(tuple).map_err(|_| super::query::nil_subject())?;
    keto.accepts(&tuple.subject)?;
    keto.knows(tuple.namespace.as_str())?;
    if let Subject::Set(set) = &tuple.subject {
        keto.knows(set.namespace.as_str())?;
    }
    keto.check(&tuple, depth)
}
