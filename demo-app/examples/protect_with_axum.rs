//! A protected route of axum, as in the README.

use axum::{Router, routing::get};
use keto_client::axum::Authorization;
use kratos_client::axum::{ActiveIdentity, SessionGuard};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let readers = Authorization::from_env()?.require("app:homepage#read")?;
    let page = get(async |who: ActiveIdentity| format!("hello, {}", who.id));
    let app = Router::new().route("/", page).layer(readers).layer(SessionGuard::from_env()?);
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app).await?)
}
