//! Putting the app together and serving it.

use crate::{
    app::App,
    data_file::DataFile,
    embedded::{self, Embedded},
    forward_auth,
    listen::{Listening, listen},
    permissions_page::{self, ChangeLog, PermissionsPage},
    request_limit::limit,
    routes,
    self_service::{self, SelfService},
    settings::{AppSettings, DEFAULT_SESSION_COOKIE, Servers},
    shutdown::stop_on_signal,
};
use actix_web::{App as Actix, HttpServer, middleware::from_fn};
use keto_client::{ConfigError, KetoClient, KetoClientBuilder};
use kratos_client::{KratosClient, KratosClientBuilder, flow::TrustedProxies};
use std::{
    error::Error,
    io::Write,
    net::SocketAddr,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Semaphore;
use url::Url;

/// Serves the app until it is told to stop.
pub async fn run(settings: AppSettings) -> Result<(), Box<dyn Error>> {
    let vars = kratos_client::env_vars;
    let servers = Servers::choose(&settings, &vars)?;
    // Before anything else starts, so that a port that is taken is the first thing said.
    let Listening { listener, address, taken } = listen(&settings)?;
    let public_url = public_url(&settings, address)?;

    let session_cookie = vars("KRATOS_SESSION_COOKIE");
    let embedded = match &servers {
        Servers::Real { .. } => None,
        Servers::Embedded => {
            let options = embedded::Options::new(&public_url, session_cookie.clone());
            Some(Embedded::start(&options.settings(&settings)?)?)
        }
    };
    let vars = |name: &str| match &embedded {
        Some(embedded) => embedded.setting(name).or_else(|| vars(name)),
        None => vars(name),
    };
    let ui = match servers {
        Servers::Real { ui } => ui,
        Servers::Embedded => None,
    };
    let has_pages = ui.is_none();
    let ui_url = ui.unwrap_or_else(|| public_url.clone());
    let kratos = KratosClientBuilder::from_vars(&vars)?.build()?;
    let keto = KetoClientBuilder::from_vars(&vars)?.build()?;
    let storage = match &settings.audit_file {
        Some(path) => Some(DataFile::open("AUDIT_FILE", path)?),
        None => embedded.as_ref().and_then(|embedded| embedded.storage.clone()),
    };
    let log = Arc::new(ChangeLog::open(storage)?);
    say(&format!("The homepage is at {public_url}"));
    if let Some(port) = taken {
        say(&format!("Another program uses port {port}, so the app took the next free one."));
        if embedded.is_none() {
            say("Kratos must allow this URL: add it to selfservice.allowed_return_urls.");
        }
    }
    if let Some(embedded) = &embedded {
        say(&format!("\n{}", embedded.welcome()));
    }

    // Each worker is a thread with a runtime of its own, and has connections of its own. They are
    // made here, where an error ends the program.
    let workers = std::thread::available_parallelism().map_or(2, NonZero::get);
    let stopping = Arc::new(AtomicBool::new(false));
    let app = |_| {
        let (kratos, keto) = (kratos.with_own_connections()?, keto.with_own_connections()?);
        let (public_url, ui_url) = (public_url.clone(), ui_url.clone());
        let pages = has_pages.then(|| SelfService {
            kratos: kratos.clone(),
            public_url: public_url.clone(),
            proxies: settings.trusted_proxies.clone().unwrap_or_else(TrustedProxies::none),
            has_mailbox: embedded.is_some(),
        });
        let permissions = PermissionsPage {
            keto: keto.clone(),
            kratos: kratos.clone(),
            log: log.clone(),
            permission: settings.manage_permission.clone(),
            has_account_pages: has_pages,
        };
        let mut app =
            assemble(&settings, kratos, keto, session_cookie.clone(), public_url, ui_url)?;
        app.stopping = stopping.clone();
        let forward_auth = settings.forward_auth.endpoint(&app, &settings.permission)?;
        Ok((app, pages, permissions, forward_auth))
    };
    let apps = (0..workers).map(app).collect::<Result<Arc<[_]>, ConfigError>>()?;
    let started = Arc::new(AtomicUsize::new(0));
    let permits = Arc::new(Semaphore::new(settings.max_requests.get().into()));
    let server = HttpServer::new(move || {
        // A worker that is started again after a panic shares another one's connections.
        let number = started.fetch_add(1, Ordering::Relaxed) % apps.len();
        let (app, pages, permissions, forward_auth) = apps[number].clone();
        let permits = permits.clone();
        let limit = from_fn(move |request, next| limit(permits.clone(), request, next));
        // Before all other routes, because it is asked the most.
        let actix = Actix::new().wrap(limit).configure(forward_auth::configure(forward_auth));
        match pages {
            Some(pages) => actix.configure(self_service::configure(pages)),
            None => actix,
        }
        .configure(permissions_page::configure(permissions, &app))
        .configure(routes::configure(app))
    })
    .workers(workers)
    .listen(listener)?
    .disable_signals()
    .run();
    let delay = Duration::from_secs(settings.shutdown_delay.into());
    actix_web::rt::spawn(stop_on_signal(server.handle(), stopping, delay));
    server.await?;
    Ok(())
}

/// The app over the HTTP clients. The session cookie has Kratos's default name if none is given.
///
/// # Errors
/// If the settings of Oathkeeper's tokens are not valid.
pub fn assemble(
    settings: &AppSettings,
    kratos: KratosClient,
    keto: KetoClient,
    session_cookie: Option<String>,
    public_url: Url,
    ui_url: Url,
) -> Result<App, ConfigError> {
    Ok(App {
        sessions: Arc::new(kratos.clone()),
        logout: Arc::new(kratos.clone()),
        permissions: Arc::new(keto.clone()),
        stopping: Arc::default(),
        dependencies: vec![("kratos", Arc::new(kratos)), ("keto", Arc::new(keto))],
        subject: settings.subject,
        permission: settings.permission.clone(),
        contact: settings.permission_contact.clone(),
        oathkeeper: settings.oathkeeper.guard()?,
        session_cookie: session_cookie.unwrap_or_else(|| DEFAULT_SESSION_COOKIE.into()),
        public_url,
        ui_url,
    })
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
