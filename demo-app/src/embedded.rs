//! Kratos and Keto for trying the app out, with nothing else to install: the testing servers of both
//! clients, with a few users. The app's own pages are their login UI.
//!
//! They are no Kratos and no Keto: whoever needs more points the app at the real ones.

use crate::{
    data_file::DataFile,
    seed_users::{SeedUser, seed_users},
    settings::{AppSettings, DEFAULT_SESSION_COOKIE},
};
use keto_client::{
    RelationTuple,
    testing::{KetoServer, KetoVersion, Storage},
};
use kratos_client::testing::KratosServer;
use std::{error::Error, fmt::Write, io, path::PathBuf, sync::Arc, time::Duration};
use url::Url;

/// How the embedded servers are set up.
#[derive(Clone, Debug)]
pub struct Options {
    app_url: Url,
    session_cookie: String,
    keto_version: KetoVersion,
    tuples: Vec<RelationTuple>,
    data_file: Option<PathBuf>,
    flow_lifespan: Option<Duration>,
    allowed_return_urls: Vec<Url>,
}

impl Options {
    /// For an app at the given address; the session cookie has Kratos's default name if none is
    /// given.
    pub fn new(app: &Url, session_cookie: Option<String>) -> Self {
        Self {
            app_url: app.clone(),
            session_cookie: session_cookie.unwrap_or_else(|| DEFAULT_SESSION_COOKIE.into()),
            keto_version: KetoVersion::default(),
            tuples: Vec::new(),
            data_file: None,
            flow_lifespan: None,
            allowed_return_urls: Vec::new(),
        }
    }

    /// With forms that expire after this time.
    #[must_use]
    pub fn flow_lifespan(self, lifespan: Option<Duration>) -> Self {
        Self { flow_lifespan: lifespan, ..self }
    }

    /// With the permissions that the seed users have by these settings, their data file, and the
    /// applications behind proxies to which people come back from the login.
    pub fn settings(self, settings: &AppSettings) -> Result<Self, Box<dyn Error>> {
        let mut tuples = Vec::new();
        for user in seed_users().iter().filter(|user| user.allowed) {
            let subject = settings.subject.subject(&user.identity()?)?;
            tuples.push(settings.permission.of(subject));
        }
        for user in seed_users().iter().filter(|user| user.manages_permissions) {
            let subject = settings.subject.subject(&user.identity()?)?;
            tuples.push(settings.manage_permission.of(subject));
        }
        Ok(Self {
            keto_version: settings.embedded_keto.version(),
            tuples,
            data_file: settings.data_file.clone(),
            allowed_return_urls: settings.forward_auth.urls.clone(),
            ..self
        })
    }
}

/// A running Kratos and a running Keto. They stop when this is dropped.
#[derive(Debug)]
pub struct Embedded {
    /// Kratos.
    pub kratos: KratosServer,
    /// Keto.
    pub keto: KetoServer,
    /// Where they keep their state, unless that is in memory.
    pub storage: Option<Arc<dyn Storage>>,
    data_file: Option<PathBuf>,
}

/// Wrong passwords that are looked at, from everybody together: nobody guesses one by trying.
const MAX_FAILED_LOGINS_PER_SECOND: u32 = 10;

impl Embedded {
    /// Starts them, on loopback ports that are free.
    pub fn start(options: &Options) -> io::Result<Self> {
        let storage = match &options.data_file {
            Some(path) => Some(DataFile::open("DATA_FILE", path)?),
            None => None,
        };
        let mut kratos = KratosServer::builder()
            .ui_url(options.app_url.clone())
            .allowed_return_url(options.app_url.clone())
            .session_cookie(&options.session_cookie)
            .show_verification_ui(true)
            .max_failed_logins_per_second(MAX_FAILED_LOGINS_PER_SECOND);
        for url in &options.allowed_return_urls {
            kratos = kratos.allowed_return_url(url.clone());
        }
        for user in seed_users() {
            let identity = user.new_identity().map_err(io::Error::other)?;
            kratos = kratos.identity_with_id(user.id, identity);
        }
        if let Some(lifespan) = options.flow_lifespan {
            kratos = kratos.flow_lifespan(lifespan);
        }
        if let Some(storage) = &storage {
            kratos = kratos.storage(storage.clone());
        }
        let kratos = kratos.start()?;
        let mut keto = KetoServer::builder()
            .version(options.keto_version)
            .namespaces(["User", "Group", "app"])
            .tuples(options.tuples.clone());
        if let Some(storage) = &storage {
            keto = keto.storage(storage.clone());
        }
        let (keto, data_file) = (keto.start()?, options.data_file.clone());
        Ok(Self { kratos, keto, storage, data_file })
    }

    /// The value that a setting has while these servers are in use.
    pub fn setting(&self, name: &str) -> Option<String> {
        let url = match name {
            "KRATOS_EXTERNAL_API_URL" => self.kratos.public_url(),
            "KRATOS_ADMIN_API_URL" => self.kratos.admin_url(),
            "KETO_API_READ_URL" => self.keto.read_url(),
            "KETO_API_WRITE_URL" => self.keto.write_url(),
            _ => return None,
        };
        Some(url.to_string())
    }

    /// Who can log in, and where.
    pub fn welcome(&self) -> String {
        let state = match &self.data_file {
            Some(path) => format!("in {}", path.display()),
            None => "in memory only, gone on exit".to_owned(),
        };
        let mut text = format!(
            "Embedded servers, state {state}:\n  \
             Kratos       {}\n  Kratos admin {}\n  Keto read    {}\n  Keto write   {}\n\nLog in as\n",
            self.kratos.public_url(),
            self.kratos.admin_url(),
            self.keto.read_url(),
            self.keto.write_url(),
        );
        for SeedUser { email, password, note, .. } in seed_users() {
            // Writing to a String can't fail.
            let _ = writeln!(text, "  {email:<20} {password:<22} {note}");
        }
        text
    }
}
