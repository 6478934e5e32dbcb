//! `GET /sessions/whoami`.

use super::Kratos;
use crate::embedded::error::WireError;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

pub(super) async fn whoami(kratos: Data<Kratos>, request: HttpRequest) -> HttpResponse {
    match kratos.session(&request) {
        Some((_, session)) => HttpResponse::Ok()
            .insert_header(("X-Kratos-Authenticated-Identity-Id", session.person.id))
            .json(kratos.session_json(&session)),
        None => WireError::new(StatusCode::UNAUTHORIZED, "The request could not be authorized")
            .reason("No valid session credentials found in the request.")
            .into(),
    }
}
