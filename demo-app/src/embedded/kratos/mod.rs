//! The public API of a small Kratos: password log-in for browsers and apps, `whoami`, log-out.

mod flow;
mod login;
mod logout;
mod store;
mod submit;
mod whoami;

pub(super) use flow::Flow;
pub(super) use store::Kratos;

use super::error::{WireError, healthy, no_route};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ACCEPT, CONTENT_TYPE, LOCATION},
    web::{self, Data, Query, ServiceConfig},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use url::Url;

/// The routes of the public API.
pub(super) fn routes(kratos: Arc<Kratos>) -> impl Fn(&mut ServiceConfig) + Clone + Send {
    move |config| {
        config
            .app_data(Data::from(kratos.clone()))
            .route("/sessions/whoami", web::get().to(whoami::whoami))
            .route("/self-service/login/browser", web::get().to(login::create_browser))
            .route("/self-service/login/api", web::get().to(login::create_api))
            .route("/self-service/login/flows", web::get().to(login::get))
            .route("/self-service/login", web::post().to(submit::submit))
            .route("/self-service/logout/browser", web::get().to(logout::create))
            .route("/self-service/logout/api", web::delete().to(logout::api))
            .route("/self-service/logout", web::get().to(logout::submit))
            .route("/self-service/errors", web::get().to(get_error))
            .route("/health/alive", web::get().to(healthy))
            .route("/health/ready", web::get().to(healthy))
            .default_service(web::to(no_route));
    }
}

#[derive(Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

async fn get_error(kratos: Data<Kratos>, query: Query<Id>) -> HttpResponse {
    match kratos.error(&query.id) {
        Some(error) => HttpResponse::Ok().json(json!({"id": query.id, "error": error})),
        None => WireError::not_found().into(),
    }
}

/// Whether the caller is a program that wants JSON, or a browser on its way.
fn wants_json(request: &HttpRequest) -> bool {
    [ACCEPT, CONTENT_TYPE].iter().any(|name| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains("application/json"))
    })
}

fn see_other(to: &Url) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to.as_str())).finish()
}

/// An error: as JSON to a program, as a page of the UI to a browser.
fn refuse(kratos: &Kratos, request: &HttpRequest, error: &WireError) -> HttpResponse {
    if wants_json(request) { error.response() } else { see_other(&kratos.error_page(error)) }
}
