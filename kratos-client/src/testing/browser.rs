//! What browsers need: cookies, protection against forged forms, and error pages.

use super::{
    config::{Config, SESSION_LIFESPAN},
    flow::{Flow, Kind},
    random,
    state::{Answer, Kratos},
};
use http::{HeaderValue, Response, StatusCode, header::SET_COOKIE};
use ory_http::testing::{Bytes, Call, ErrorEnvelope, see_other};
use subtle::ConstantTimeEq;

const CSRF_COOKIE: &str = "csrf_token_testing";
pub(super) const CSRF_LENGTH: usize = 44;

/// Whether a program asks, and no browser on its way.
pub(super) fn wants_json(call: &Call<'_>) -> bool {
    let mut headers = ["accept", "content-type"].into_iter().filter_map(|name| call.header(name));
    headers.any(|value| value.contains("application/json"))
}

/// The secret of a browser against forged forms: the one that it has, or a new one.
pub(super) fn csrf_secret(call: &Call<'_>) -> String {
    let known = call.cookie(CSRF_COOKIE).filter(|secret| secret.len() == CSRF_LENGTH);
    known.map_or_else(|| random::text(CSRF_LENGTH), str::to_owned)
}

pub(super) fn set_csrf_cookie(response: &mut Response<Bytes>, secret: &str) {
    set_cookie(response, CSRF_COOKIE, secret, 365 * 24 * 60 * 60);
}

pub(super) fn set_session_cookie(response: &mut Response<Bytes>, config: &Config, secret: &str) {
    set_cookie(response, &config.session_cookie, secret, SESSION_LIFESPAN.as_secs());
}

pub(super) fn remove_session_cookie(response: &mut Response<Bytes>, config: &Config) {
    set_cookie(response, &config.session_cookie, "", 0);
}

fn set_cookie(response: &mut Response<Bytes>, name: &str, value: &str, max_age: i64) {
    let cookie = format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax");
    // The name of the session cookie comes from the application.
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Whether a flow is the caller's: a browser has the cookie that it was given.
pub(super) fn owns(call: &Call<'_>, flow: &Flow) -> bool {
    match (&flow.csrf, call.cookie(CSRF_COOKIE)) {
        _ if flow.is_open => true,
        (None, _) => true,
        (Some(secret), Some(cookie)) => secret.as_bytes().ct_eq(cookie.as_bytes()).into(),
        (Some(_), None) => false,
    }
}

/// Whether a submission comes from the form of the flow.
pub(super) fn is_from_form(call: &Call<'_>, flow: &Flow, csrf_token: &str) -> bool {
    let token = flow.csrf.as_ref().filter(|_| !flow.is_open);
    owns(call, flow)
        && token.is_none_or(|secret| secret.as_bytes().ct_eq(csrf_token.as_bytes()).into())
}

pub(super) fn csrf_violation() -> ErrorEnvelope {
    let message = "the request was rejected to protect you from Cross-Site-Request-Forgery";
    ErrorEnvelope::new(StatusCode::FORBIDDEN, message).id("security_csrf_violation").reason(
        "Please retry the flow and optionally clear your cookies. The request was rejected to \
         protect you from Cross-Site-Request-Forgery (CSRF) which could cause account takeover, \
         leaking personal information, and other serious security issues.",
    )
}

/// Sends a browser that does not want JSON to the error page of the UI.
pub(super) fn with_error_page(
    handler: impl Fn(&Kratos, &Call<'_>) -> Answer + Clone + Send + Sync + 'static,
) -> impl Fn(&Kratos, &Call<'_>) -> Answer + Clone + Send + Sync + 'static {
    move |kratos, call| {
        let error = match handler(kratos, call) {
            Ok(response) => return Ok(response),
            Err(error) if wants_json(call) => return Err(error),
            Err(error) => error,
        };
        let mut data = kratos.data();
        let id = call.query("flow").unwrap_or_default();
        let flow = Kind::ALL.into_iter().find_map(|kind| data.flows.get(kind, &id));
        if flow.is_some_and(Flow::is_native) {
            return Err(error);
        }
        let mut url = kratos.config.ui_url("error");
        url.query_pairs_mut().append_pair("id", &data.keep_error(&error));
        Ok(see_other(url.as_str()))
    }
}
