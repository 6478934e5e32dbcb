//! Is the app up, and can it decide?

use crate::app::App;
use actix_web::{HttpResponse, web::Data};
use serde_json::{Map, json};
use std::sync::atomic::Ordering;

/// The process answers.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// Kratos and Keto are ready, so that the app can decide.
pub async fn ready(app: Data<App>) -> HttpResponse {
    let mut errors = Map::new();
    if app.stopping.load(Ordering::Relaxed) {
        errors.insert("app".to_owned(), "is being stopped".into());
    }
    for (name, server) in &app.dependencies {
        let problem = match server.is_ready().await {
            Ok(true) => continue,
            Ok(false) => "is not ready".to_owned(),
            Err(error) => error.to_string(),
        };
        errors.insert((*name).to_owned(), problem.into());
    }
    if errors.is_empty() {
        HttpResponse::Ok().json(json!({"status": "ok"}))
    } else {
        HttpResponse::ServiceUnavailable().json(json!({"errors": errors}))
    }
}
