//! Starting and reading login flows.

use super::{Flow, Id, Kratos, refuse, see_other, wants_json};
use crate::embedded::error::WireError;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Start {
    return_to: Option<String>,
}

pub(super) async fn create_browser(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<Start>,
) -> HttpResponse {
    let return_to = match kratos.return_to(query.return_to.as_deref()) {
        Ok(return_to) => return_to,
        Err(error) => return refuse(&kratos, &request, &error),
    };
    if kratos.session(&request).is_some() {
        if wants_json(&request) {
            return already_logged_in().into();
        }
        return see_other(&return_to.unwrap_or_else(|| kratos.default_return_url()));
    }
    let csrf = Kratos::csrf(&request);
    let flow =
        kratos.keep_flow(Flow::new(url_of(&kratos, &request), Some(csrf.clone()), return_to));
    let mut response = if wants_json(&request) {
        HttpResponse::Ok().json(flow.json(&kratos))
    } else {
        let mut ui = kratos.ui_url("login");
        ui.query_pairs_mut().append_pair("flow", &flow.id);
        see_other(&ui)
    };
    set_cookie(&mut response, &Kratos::csrf_cookie(&csrf));
    response
}

pub(super) async fn create_api(kratos: Data<Kratos>, request: HttpRequest) -> HttpResponse {
    if kratos.session(&request).is_some() {
        return already_logged_in().into();
    }
    let flow = kratos.keep_flow(Flow::new(url_of(&kratos, &request), None, None));
    HttpResponse::Ok().json(flow.json(&kratos))
}

pub(super) async fn get(
    kratos: Data<Kratos>,
    request: HttpRequest,
    query: Query<Id>,
) -> HttpResponse {
    match kratos.flow(&query.id) {
        None => WireError::not_found().into(),
        Some(flow) if !Kratos::owns(&request, &flow) => csrf_violation().into(),
        Some(flow) => HttpResponse::Ok().json(flow.json(&kratos)),
    }
}

pub(super) fn csrf_violation() -> WireError {
    WireError::new(StatusCode::FORBIDDEN, "the request was rejected to protect you")
        .id("security_csrf_violation")
        .reason(
            "Please retry the flow and optionally clear your cookies. The form and the browser's \
             cookie do not belong together.",
        )
}

fn already_logged_in() -> WireError {
    WireError::new(StatusCode::BAD_REQUEST, "you are already logged in")
        .id("session_already_available")
        .reason("A valid session was detected and thus login is not possible.")
}

fn url_of(kratos: &Kratos, request: &HttpRequest) -> String {
    let mut url = kratos.url(request.path());
    url.set_query(Some(request.query_string()).filter(|query| !query.is_empty()));
    url.into()
}

/// Adds a cookie; one that can't be written as a header is left out, and the flow that needs it
/// refused.
pub(super) fn set_cookie(response: &mut HttpResponse, cookie: &actix_web::cookie::Cookie<'_>) {
    if let Err(error) = response.add_cookie(cookie) {
        tracing::warn!("a cookie could not be set: {error}");
    }
}
