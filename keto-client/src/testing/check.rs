//! Checks.

use super::{
    query::{as_tuple, nil_subject, parse_query},
    routes::Answer,
    state::Keto,
};
use crate::model::tuple::RelationTuple;
use http::{Method, StatusCode};
use ory_http::testing::{Call, ErrorEnvelope, json};
use serde_json::{Value, json};

/// A denial has the status 403.
pub(super) fn mirrored(keto: &Keto, call: &Call<'_>) -> Answer {
    answer(keto, call, StatusCode::FORBIDDEN)
}

/// A denial has the status 200, as an allow.
pub(super) fn always_ok(keto: &Keto, call: &Call<'_>) -> Answer {
    answer(keto, call, StatusCode::OK)
}

fn answer(keto: &Keto, call: &Call<'_>, denied: StatusCode) -> Answer {
    let tuple = tuple(call)?;
    keto.accepts(&tuple.subject)?;
    let allowed = keto.check(&tuple, max_depth(call)?)?;
    let status = if allowed { StatusCode::OK } else { denied };
    Ok(json(status, &json!({"allowed": allowed})))
}

fn tuple(call: &Call<'_>) -> Result<RelationTuple, ErrorEnvelope> {
    if call.method() == Method::POST {
        // A value first: `RelationTuple` tells an unknown field of the subject from none.
        let body = call.json::<Value>().and_then(serde_json::from_value);
        return body.map_err(|_| nil_subject());
    }
    as_tuple(&parse_query(call.query_string())?)
}

/// The depth of a request.
pub(super) fn max_depth(call: &Call<'_>) -> Result<Option<u32>, ErrorEnvelope> {
    let message = "unable to parse 'max-depth' query parameter";
    let wrong = |_| ErrorEnvelope::new(StatusCode::BAD_REQUEST, message);
    call.query("max-depth").map(|depth| depth.parse()).transpose().map_err(wrong)
}
