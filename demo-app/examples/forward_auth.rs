//! An endpoint that nginx asks about each request by `auth_request`. Its routes are those of the
//! application behind nginx.
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
    let routes = Router::new()
        .route("/documents/{id}", any(allowed))
        .route_layer(Authorization::from_env()?.require("Document:{id}#view")?)
        .layer(SessionGuard::from_env()?);
    let app = ForwardAuth::nginx().routes(routes);
    Ok(axum::serve(TcpListener::bind("127.0.0.1:3000").await?, app).await?)
}
