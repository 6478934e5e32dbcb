//! An endpoint that a proxy asks about each request, such as nginx by `auth_request`.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 KRATOS_UI_URL=http://127.0.0.1:4455
//! APP_PUBLIC_URL=http://127.0.0.1:8080 KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p demo-app --example forward_auth`

use axum::{Router, http::HeaderMap, routing::any};
use keto_client::axum::Authorization;
use kratos_client::{
    axum::{ActiveSession, SessionGuard},
    guard::{ForwardAuth, identity_headers},
};
use tokio::net::TcpListener;

async fn allowed(session: ActiveSession) -> HeaderMap {
    identity_headers(&session)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Router::new()
        .route("/auth", any(allowed))
        .layer(Authorization::from_env()?.require("app:homepage#read")?)
        .layer(SessionGuard::from_env()?)
        .layer(ForwardAuth);
    Ok(axum::serve(TcpListener::bind("127.0.0.1:3000").await?, app).await?)
}
