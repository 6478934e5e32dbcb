//! The demo app over other clients: sessions and decisions are cached for a short time, few calls
//! may be in flight, and Keto is asked by gRPC. The soak starts it for `--with-caches`.

use actix_web::{App as Actix, HttpServer};
use clap::Parser;
use contract_tests::soak::max_ages::MaxAges;
use demo_app::{
    app::App,
    routes,
    settings::{AppSettings, Cli, DEFAULT_SESSION_COOKIE},
};
use keto_client::{CachedPermissions, KetoGrpcClientBuilder};
use kratos_client::{CachedSessions, KratosClientBuilder, env_vars};
use std::{error::Error, io::Write, net::TcpListener, sync::Arc, time::Duration};
use url::Url;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let settings = Cli::parse().app;
    let listener = TcpListener::bind(settings.listen.ok_or("LISTEN_ADDR is not set")?)?;
    let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    let app = app(settings, url.clone())?;
    writeln!(std::io::stdout(), "The homepage is at {url}")?;
    // All workers share the caches, and with them the clients.
    let server = HttpServer::new(move || Actix::new().configure(routes::configure(app.clone())));
    Ok(server.listen(listener)?.run().await?)
}

fn app(settings: AppSettings, public_url: Url) -> Result<App, Box<dyn Error>> {
    let kratos = KratosClientBuilder::from_vars(&vars)?.build()?;
    let sessions = CachedSessions::new(kratos.clone())
        .max_age(MaxAges::CACHED.session)
        .timeout(timeout("KRATOS_TIMEOUT_MS")?);
    let permissions = CachedPermissions::new(KetoGrpcClientBuilder::from_vars(&vars)?.build()?)
        .allowed_max_age(MaxAges::CACHED.decision)
        .denied_max_age(MaxAges::CACHED.decision)
        .timeout(timeout("KETO_TIMEOUT_MS")?);
    Ok(App {
        sessions: Arc::new(sessions),
        logout: Arc::new(kratos),
        permissions: Arc::new(permissions),
        dependencies: Vec::new(),
        subject: settings.subject,
        permission: settings.permission,
        contact: None,
        oathkeeper: None,
        stopping: Arc::default(),
        session_cookie: DEFAULT_SESSION_COOKIE.into(),
        public_url,
        ui_url: settings.kratos_ui_url.ok_or("KRATOS_UI_URL is not set")?,
    })
}

/// The environment, with fewer calls in flight than there are requests at a time.
fn vars(name: &str) -> Option<String> {
    match name {
        "KRATOS_MAX_IN_FLIGHT" | "KETO_MAX_IN_FLIGHT" => Some("2".into()),
        _ => env_vars(name),
    }
}

/// The caches have the timeouts of the clients.
fn timeout(name: &str) -> Result<Duration, Box<dyn Error>> {
    Ok(Duration::from_millis(std::env::var(name)?.parse()?))
}
