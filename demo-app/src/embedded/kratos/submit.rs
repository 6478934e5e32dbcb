//! Submitting a login flow: a browser's form, or JSON.

use super::{
    Flow, Kratos,
    flow::Message,
    login::{csrf_violation, set_cookie},
    refuse, see_other, wants_json,
};
use crate::embedded::{error::WireError, people::Person};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header::CONTENT_TYPE},
    web::{Bytes, Data, Query},
};
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;

#[derive(Deserialize)]
pub(super) struct FlowId {
    flow: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    method: String,
    /// v0.8 calls it `password_identifier`.
    #[serde(alias = "password_identifier")]
    identifier: String,
    password: String,
    csrf_token: String,
}

pub(super) async fn submit(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<FlowId>,
    body: Bytes,
) -> HttpResponse {
    let flow = query.flow.as_deref().and_then(|id| kratos.flow(id));
    let Some(flow) = flow else {
        let error = WireError::bad_request("The flow query parameter is missing or malformed.");
        return refuse(&kratos, &request, &error);
    };
    let Some(body) = read(&request, &body) else {
        let error = WireError::bad_request("The body is neither JSON nor a form.");
        return refuse(&kratos, &request, &error);
    };
    if !is_from_the_form(&request, &flow, &body) {
        return refuse(&kratos, &request, &csrf_violation());
    }
    if body.method != "password" {
        return again(&kratos, &request, &flow, &body, Message::NO_STRATEGY);
    }
    match Kratos::authenticate(&body.identifier, &body.password) {
        None if kratos.too_many_failures() => {
            let error = WireError::new(StatusCode::TOO_MANY_REQUESTS, "too many requests")
                .reason("Too many log-ins have failed. Please wait a second.");
            refuse(&kratos, &request, &error)
        }
        None => again(&kratos, &request, &flow, &body, Message::WRONG_CREDENTIALS),
        Some(person) if !person.active => answer_disabled(&kratos, &request, &flow),
        Some(person) => answer_logged_in(&kratos, &request, &flow, person),
    }
}

fn read(request: &HttpRequest, body: &[u8]) -> Option<Body> {
    let content_type = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    if content_type.starts_with("application/json") {
        serde_json::from_slice(body).ok()
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        let fields = url::form_urlencoded::parse(body);
        let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        serde_json::from_value(serde_json::Value::Object(fields.collect())).ok()
    } else {
        None
    }
}

/// A browser must bring the cookie and the token that its form was given.
fn is_from_the_form(request: &HttpRequest, flow: &Flow, body: &Body) -> bool {
    let token = match &flow.csrf {
        None => true,
        Some(csrf) => csrf.as_bytes().ct_eq(body.csrf_token.as_bytes()).into(),
    };
    token && Kratos::owns(request, flow)
}

/// The flow again, with a message.
fn again(
    kratos: &Kratos,
    request: &HttpRequest,
    flow: &Flow,
    body: &Body,
    message: Message,
) -> HttpResponse {
    let flow = kratos.keep_flow(flow.failed(body.identifier.clone(), message));
    if flow.csrf.is_none() || wants_json(request) {
        return HttpResponse::BadRequest().json(flow.json(kratos));
    }
    let mut ui = kratos.ui_url("login");
    ui.query_pairs_mut().append_pair("flow", &flow.id);
    see_other(&ui)
}

fn answer_disabled(kratos: &Kratos, request: &HttpRequest, flow: &Flow) -> HttpResponse {
    let error = WireError::new(StatusCode::UNAUTHORIZED, "identity is disabled")
        .reason("This account was disabled.");
    if flow.csrf.is_none() { error.response() } else { refuse(kratos, request, &error) }
}

fn answer_logged_in(
    kratos: &Kratos,
    request: &HttpRequest,
    flow: &Flow,
    person: &'static Person,
) -> HttpResponse {
    if flow.csrf.is_none() {
        let (token, session) = kratos.start_session(person, "ory_st_", request);
        let session = kratos.session_json(&session);
        return HttpResponse::Ok().json(json!({"session_token": token, "session": session}));
    }
    let (secret, session) = kratos.start_session(person, "", request);
    let mut response = if wants_json(request) {
        HttpResponse::Ok().json(json!({"session": kratos.session_json(&session)}))
    } else {
        see_other(&flow.return_to.clone().unwrap_or_else(|| kratos.default_return_url()))
    };
    set_cookie(&mut response, &kratos.session_cookie(&secret));
    response
}
