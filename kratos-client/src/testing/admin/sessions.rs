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
use serde_json::{Value, json};

/// What a request wants beside the session.
fn expand<'a>(data: &'a Data, call: &Call<'_>, session: &Session) -> Expand<'a> {
    let wants = |name: &str| call.queries("expand").any(|value| value.eq_ignore_ascii_case(name));
    let identity = data.identity(&session.identity).ok().filter(|_| wants("identity"));
    Expand { identity, devices: wants("devices") }
}

fn page_of_sessions(
    call: &Call<'_>,
    data: &Data,
    is_listed: impl Fn(&Session) -> bool,
    json_of: impl Fn(&Session) -> Value,
) -> Answer {
    let page = Page::requested(call, 250, is_id)?;
    let active = call.query("active").map(|active| active == "true");
    let sessions = data.sessions.newest_first().into_iter().filter(|session| {
        is_listed(session) && active.is_none_or(|active| session.is_current() == active)
    });
    Ok(page.response(call, sessions.map(|session| (session.id.as_str(), session)), json_of))
}

pub(in crate::testing) fn list(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let json_of =
        |session: &Session| session.json_in_list(&kratos.config, expand(&data, call, session));
    page_of_sessions(call, &data, |_| true, json_of)
}

pub(in crate::testing) fn list_of_identity(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let identity = call.path_parameter("id");
    let json_of = |session: &Session| data.listed_session(&kratos.config, session);
    page_of_sessions(call, &data, |session| session.identity == identity, json_of)
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
