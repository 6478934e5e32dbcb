//! One's own sessions.

use super::{
    pages::{Page, is_id},
    state::{Answer, Kratos, no_session},
};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, empty, json};
use serde_json::json;

const NOBODY: &str = "No valid session cookie found.";

/// The other sessions that are active.
pub(super) fn list(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let mine = data.session(&kratos.config, call).ok_or_else(|| no_session(NOBODY))?;
    let others = data.sessions.newest_first().into_iter().filter(|session| {
        session.identity == mine.identity && session.id != mine.id && session.is_current()
    });
    let others: Vec<_> = others.collect();
    Ok(Page::numbered(call, 250, &others, |session| data.listed_session(&kratos.config, session)))
}

/// Ends all others.
pub(super) fn disable_others(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let mine = data.session(&kratos.config, call).ok_or_else(|| no_session(NOBODY))?.clone();
    let is_other = |s: &super::session::Session| s.identity == mine.identity && s.id != mine.id;
    let count = data.sessions.disable(is_other)?;
    Ok(json(StatusCode::OK, &json!({"count": count})))
}

/// Ends another one.
pub(super) fn disable(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let mine = data.session(&kratos.config, call).ok_or_else(|| no_session(NOBODY))?.clone();
    let id = uuid_parameter(call)?;
    if id == mine.id {
        let message = "cannot revoke current session";
        return Err(ErrorEnvelope::new(StatusCode::BAD_REQUEST, message));
    }
    data.sessions.disable(|session| session.identity == mine.identity && session.id == id)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// The parameter `id`, which must be a UUID.
pub(super) fn uuid_parameter<'a>(call: &'a Call<'_>) -> Result<&'a str, ErrorEnvelope> {
    let id = call.path_parameter("id");
    let length = id.len();
    let message = format!("uuid: incorrect UUID length {length} in string \"{id}\"");
    is_id(id).then_some(id).ok_or_else(|| ErrorEnvelope::new(StatusCode::BAD_REQUEST, &message))
}

/// No provider logs anybody in, so that there is never a token for a code.
pub(super) fn exchange_token(_: &Kratos, _: &Call<'_>) -> Answer {
    let message = "The requested resource could not be found";
    let reason = "no session yet for this \"code\"";
    Err(ErrorEnvelope::new(StatusCode::NOT_FOUND, message).reason(reason))
}
