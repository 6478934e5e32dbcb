//! Ending one's session.

use super::{
    browser::{CSRF_LENGTH, remove_session_cookie, set_csrf_cookie, wants_json},
    random,
    state::{Answer, Kratos, session_inactive},
};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, empty, json, see_other};
use serde::Deserialize;
use serde_json::json;

/// The URL that ends the session of a browser.
pub(super) fn create(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let return_to = kratos.config.return_to(call.query("return_to").as_deref())?;
    let session = data.session(&kratos.config, call).ok_or_else(session_inactive)?.id.clone();
    let token = data.logout_token(&session);
    let mut url = kratos.config.public_url("self-service/logout");
    if let Some(return_to) = return_to {
        url.query_pairs_mut().append_pair("return_to", return_to.as_str());
    }
    url.query_pairs_mut().append_pair("token", &token);
    Ok(json(StatusCode::OK, &json!({"logout_url": url, "logout_token": token})))
}

pub(super) fn submit(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let return_to = kratos.config.return_to(call.query("return_to").as_deref())?;
    let return_to = return_to.unwrap_or_else(|| kratos.config.default_return_url().clone());
    let session = data.session(&kratos.config, call).ok_or_else(session_inactive)?.id.clone();
    let token = call.query("token").unwrap_or_default();
    if !data.logout_tokens.contains(&(token.into_owned(), session.clone())) {
        let message = "the logout token is not valid";
        return Err(ErrorEnvelope::new(StatusCode::FORBIDDEN, message)
            .reason("The logout token does not belong to this session."));
    }
    data.sessions.disable(|known| known.id == session)?;
    let mut response = match wants_json(call) {
        true => empty(StatusCode::NO_CONTENT),
        false => see_other(return_to.as_str()),
    };
    remove_session_cookie(&mut response, &kratos.config);
    set_csrf_cookie(&mut response, &random::text(CSRF_LENGTH));
    Ok(response)
}

#[derive(Deserialize)]
struct NativeLogout {
    session_token: String,
}

pub(super) fn native(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let malformed = "The provided Ory Session Token could not be found, is invalid, or otherwise \
                     malformed.";
    let forbidden = || {
        let message = "The requested action was forbidden";
        ErrorEnvelope::new(StatusCode::FORBIDDEN, message).reason(malformed)
    };
    let body: NativeLogout = call.json().map_err(|_| forbidden())?;
    let mut data = kratos.data();
    if data.sessions.by_secret(&body.session_token).is_none() {
        return Err(forbidden());
    }
    data.sessions.disable(|session| session.secret == body.session_token)?;
    Ok(empty(StatusCode::NO_CONTENT))
}
