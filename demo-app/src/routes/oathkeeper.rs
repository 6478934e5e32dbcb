//! The route that Oathkeeper stands in front of.

use actix_web::HttpResponse;
use serde_json::json;

/// Greets whoever Oathkeeper lets through.
pub async fn oathkeeper() -> HttpResponse {
    HttpResponse::Ok().json(json!({"message": "greetings"}))
}
