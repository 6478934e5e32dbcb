//! Putting the app together and serving it.

use crate::{
    app::App,
    embedded::{self, Embedded},
    routes,
    settings::{AppSettings, Servers},
};
use actix_web::{App as Actix, HttpServer};
use keto_client::{ConfigError, KetoClient, KetoClientBuilder};
use kratos_client::{KratosClient, KratosClientBuilder};
use std::{
    error::Error,
    io::Write,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};
use url::Url;

/// Serves the app until it is told to stop.
pub async fn run(settings: AppSettings) -> Result<(), Box<dyn Error>> {
    let vars = kratos_client::env_vars;
    let servers = Servers::choose(&settings, &vars)?;
    let (listener, address) = listen(settings.listen)?;
    let public_url = public_url(&settings, address)?;

    let embedded = match &servers {
        Servers::Real { .. } => None,
        Servers::Embedded => {
            let cookie = vars("KRATOS_SESSION_COOKIE");
            Some(Embedded::start(&embedded::Options::new(&public_url, cookie))?)
        }
    };
    let vars = |name: &str| match &embedded {
        Some(embedded) => embedded.setting(name).or_else(|| vars(name)),
        None => vars(name),
    };
    let ui_url = match (servers, &embedded) {
        (Servers::Real { ui }, _) => ui,
        (Servers::Embedded, Some(embedded)) => embedded.ui_url.clone(),
        (Servers::Embedded, None) => unreachable!("the embedded servers were started above"),
    };
    let kratos = KratosClientBuilder::from_vars(&vars)?.build()?;
    let keto = KetoClientBuilder::from_vars(&vars)?.build()?;

    if let Some(embedded) = &embedded {
        embedded.grant(&keto, &settings).await?;
        say(&embedded.welcome(&public_url));
    } else {
        say(&format!("The homepage is at {public_url}"));
    }
    HttpServer::new(move || {
        // Each worker is a thread with a runtime of its own.
        let kratos = kratos.with_own_connections().unwrap_or_else(|_| kratos.clone());
        let keto = keto.with_own_connections().unwrap_or_else(|_| keto.clone());
        let app = assemble(&settings, kratos, keto, public_url.clone(), ui_url.clone());
        Actix::new().configure(routes::configure(app))
    })
    .listen(listener)?
    .run()
    .await?;
    Ok(())
}

/// The app over the HTTP clients.
pub fn assemble(
    settings: &AppSettings,
    kratos: KratosClient,
    keto: KetoClient,
    public_url: Url,
    ui_url: Url,
) -> App {
    App {
        sessions: Arc::new(kratos.clone()),
        logout: Arc::new(kratos.clone()),
        permissions: Arc::new(keto.clone()),
        dependencies: vec![("kratos", Arc::new(kratos)), ("keto", Arc::new(keto))],
        subject: settings.subject,
        permission: settings.permission.clone(),
        public_url,
        ui_url,
    }
}

/// Listens before anything else starts, so that a port that is taken is the first thing said.
fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ConfigError> {
    let wrong = |error: std::io::Error| {
        ConfigError::new("LISTEN_ADDR", format!("{address} can't be listened on: {error}"))
    };
    let listener = TcpListener::bind(address).map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    Ok((listener, address))
}

fn public_url(settings: &AppSettings, address: SocketAddr) -> Result<Url, ConfigError> {
    let wrong = |problem: &str| ConfigError::new("APP_PUBLIC_URL", problem);
    match &settings.public_url {
        Some(url) => Ok(url.clone()),
        None if address.ip().is_unspecified() => {
            Err(wrong("is not set, and LISTEN_ADDR does not tell how browsers reach this app"))
        }
        None => Url::parse(&format!("http://{address}/"))
            .map_err(|_| wrong("can't be made of LISTEN_ADDR")),
    }
}

/// Tells where to go, on the standard output, if anybody reads it.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
