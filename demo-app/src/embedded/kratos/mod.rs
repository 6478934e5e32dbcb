//! The public API of a small Kratos: password log-in for browsers and apps, `whoami`, log-out.

mod flow;
mod login;
mod logout;
mod store;
mod submit;
mod whoami;

pub(super) use flow::Flow;
pub(super) use store::Kratos;

use super::error::{WireError, healthy};
use crate::methods::{Methods, not_found};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method,
        header::{ACCEPT, CONTENT_TYPE, LOCATION},
    },
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
            // Kratos answers this one whatever the method.
            .route("/sessions/whoami", web::to(whoami::whoami))
            .service(Methods::at("/self-service/login/browser").get(login::create_browser))
            .service(Methods::at("/self-service/login/api").get(login::create_api))
            .service(Methods::at("/self-service/login/flows").get(login::get))
            .service(
                Methods::at("/self-service/login").on(&[Method::GET, Method::POST], submit::submit),
            )
            .service(Methods::at("/self-service/logout/browser").get(logout::create))
            .service(Methods::at("/self-service/logout/api").on(&[Method::DELETE], logout::api))
            .service(Methods::at("/self-service/logout").get(logout::submit))
            .service(Methods::at("/self-service/errors").get(get_error))
            .service(Methods::at("/health/alive").get(healthy))
            .service(Methods::at("/health/ready").get(healthy))
            .default_service(web::to(not_found));
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
