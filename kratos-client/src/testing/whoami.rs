//! `/sessions/whoami`.

use super::state::{Answer, Kratos, aal2_required, no_session};
use http::{HeaderValue, StatusCode};
use jiff::Timestamp;
use ory_http::testing::{Call, ErrorEnvelope, json};

pub(super) fn whoami(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let reason = "No valid session credentials found in the request.";
    let session = data.session(&kratos.config, call).ok_or_else(|| no_session(reason))?;
    if !data.has_required_aal(&kratos.config, session) {
        return Err(aal2_required(&kratos.config));
    }
    if let Some(template) = call.query("tokenize_as") {
        let reason = format!("Unable to find tokenizer template \"{template}\".");
        return Err(ErrorEnvelope::bad_request(reason));
    }
    let mut response = json(StatusCode::OK, &data.session_json(&kratos.config, session));
    if let Ok(id) = HeaderValue::from_str(&session.identity) {
        response.headers_mut().insert("x-kratos-authenticated-identity-id", id);
    }
    if let Some(max_age) = kratos.config.cacheable_for {
        let left = session.expires_at.duration_since(Timestamp::now());
        let seconds = HeaderValue::from(max_age.min(left).as_secs());
        response.headers_mut().insert("ory-session-cache-for", seconds);
    }
    Ok(response)
}
