//! Anybody's sessions.

use crate::testing::{
    config::SESSION_LIFESPAN,
    my_sessions::uuid_parameter,
    pages::{Page, is_id},
    session::{Expand, Session},
    state::{Answer, Data, Kratos},
};
use http::StatusCode;
use jiff::Timestamp;
use ory_http::testing::{Call, ErrorEnvelope, empty, json};
use serde_json::json;

/// What a request wants beside the session.
fn expand<'a>(data: &'a Data, call: &Call<'_>, session: &Session) -> Expand<'a> {
    let wants = |name: &str| call.queries("expand").any(|value| value.eq_ignore_ascii_case(name));
    let identity = data.identity(&session.identity).ok().filter(|_| wants("identity"));
    Expand { identity, devices: wants("devices") }
}

/// The sessions that a request wants by `active`, the newest first.
fn wanted<'a>(data: &'a Data, call: &Call<'_>) -> impl Iterator<Item = &'a Session> + use<'a> {
    let active = call.query("active").map(|active| active == "true");
    data.sessions
        .newest_first()
        .into_iter()
        .filter(move |session| active.is_none_or(|active| session.is_current() == active))
}

pub(in crate::testing) fn list(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let page = Page::requested(call, 250, is_id)?;
    let json_of =
        |session: &Session| session.json_in_list(&kratos.config, expand(&data, call, session));
    let sessions = wanted(&data, call).map(|session| (session.id.as_str(), session));
    Ok(page.response(call, sessions, json_of))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of all handlers")]
pub(in crate::testing) fn list_of_identity(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let identity = call.path_parameter("id");
    let sessions = wanted(&data, call).filter(|session| session.identity == identity);
    let sessions: Vec<_> = sessions.collect();
    let json_of = |session: &&Session| data.listed_session(&kratos.config, session);
    Ok(Page::numbered(call, 250, &sessions, json_of))
}

pub(in crate::testing) fn delete_of_identity(kratos: &Kratos, call: &Call<'_>) -> Answer {
    match kratos.data().sessions.delete_of(call.path_parameter("id"))? {
        0 => Err(ErrorEnvelope::not_found()),
        _ => Ok(empty(StatusCode::NO_CONTENT)),
    }
}

pub(in crate::testing) fn get(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let session = data.sessions.get(uuid_parameter(call)?);
    let session = session.ok_or_else(ErrorEnvelope::not_found)?;
    let mut body = session.json(&kratos.config, expand(&data, call, session));
    if body["devices"].is_null() {
        body["devices"] = json!([]);
    }
    Ok(json(StatusCode::OK, &body))
}

pub(in crate::testing) fn disable(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let id = uuid_parameter(call)?;
    let mut data = kratos.data();
    if data.sessions.get(id).is_none() {
        return Err(ErrorEnvelope::not_found());
    }
    data.sessions.disable(|session| session.id == id)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(in crate::testing) fn extend(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let session = data.sessions.get(uuid_parameter(call)?).cloned();
    let mut session = session.ok_or_else(ErrorEnvelope::not_found)?;
    session.expires_at = Timestamp::now() + SESSION_LIFESPAN;
    data.sessions.insert(session.clone())?;
    let identity = data.identity(&session.identity).ok();
    let mut body = session.json(&kratos.config, Expand { identity, devices: false });
    body["devices"] = json!([]);
    Ok(json(StatusCode::OK, &body))
}
