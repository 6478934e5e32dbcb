//! A page of axum behind the guards of both clients. The soak starts it for `--axum`.

use axum::{Router, routing::get};
use clap::Parser;
use demo_app::settings::{AppSettings, Cli};
use http::{Response, StatusCode, request::Parts};
use keto_client::{
    axum::{Authorization, PermissionGuard},
    guard::{CurrentPrincipal, Refusal},
    reexports::bytes::Bytes,
};
use kratos_client::{
    KratosClient,
    axum::{ActiveIdentity, SessionGuard},
};
use std::{error::Error, io::Write};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let settings = Cli::parse().app;
    let listener = TcpListener::bind(settings.listen.ok_or("LISTEN_ADDR is not set")?).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    let page = async |who: ActiveIdentity| format!("Welcome to the homepage, {}", who.id);
    let app = Router::new()
        .route("/", get(page))
        .layer(readers(&settings)?)
        .route("/health/alive", get(async || "alive"))
        .layer(sessions(&settings, &url)?);
    writeln!(std::io::stdout(), "The page is at {url}")?;
    Ok(axum::serve(listener, app).await?)
}

fn sessions(settings: &AppSettings, url: &str) -> Result<SessionGuard, Box<dyn Error>> {
    let ui = settings.kratos_ui_url.as_ref().ok_or("KRATOS_UI_URL is not set")?;
    let guard = SessionGuard::new(KratosClient::from_env()?, ui.join("login")?, url)?;
    Ok(guard.browsers_only().except("/health/alive"))
}

fn readers(settings: &AppSettings) -> Result<PermissionGuard, Box<dyn Error>> {
    let keto = Authorization::from_env()?.on_refusal(name_the_denied);
    Ok(keto.require_condition(settings.permission.template()))
}

/// The judge reads in the page who was denied.
fn name_the_denied(refusal: &Refusal, request: &Parts) -> Option<Response<Bytes>> {
    let Refusal::Denied { .. } = refusal else { return None };
    let CurrentPrincipal(who) = request.extensions.get()?;
    let mut response = Response::new(Bytes::from(format!("Not allowed: {}", who.id())));
    *response.status_mut() = StatusCode::FORBIDDEN;
    Some(response)
}
