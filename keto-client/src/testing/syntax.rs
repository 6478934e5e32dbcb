//! The syntax check of permission models.

use super::{routes::Answer, state::Keto};
use crate::opl::Model;
use http::StatusCode;
use ory_http::testing::{Call, json};
use serde_json::json;

/// The errors have the positions of Keto, and messages of their own. Keto reads any bytes as text.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a route")]
pub(super) fn check(_: &Keto, call: &Call<'_>) -> Answer {
    let body = match Model::parse(&String::from_utf8_lossy(call.body())) {
        Ok(_) => json!({}),
        Err(errors) => json!({"errors": errors.to_opl_errors()}),
    };
    Ok(json(StatusCode::OK, &body))
}
