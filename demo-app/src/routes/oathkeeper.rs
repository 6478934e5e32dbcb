//! The route that Oathkeeper stands in front of.

use actix_web::HttpResponse;
use serde_json::json;

/// Greets whoever Oathkeeper lets through. Where there is a JWKS, the guard around it verifies that the
/// request came through Oathkeeper.
pub async fn oathkeeper() -> HttpResponse {
    HttpResponse::Ok().json(json!({"message": "greetings"}))
}
