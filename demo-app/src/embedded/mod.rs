//! Small servers that speak Kratos's and Keto's wire, so that the demo runs with nothing else.
//!
//! They hold a few people and their permissions **in memory**, listen on loopback only, and do
//! what the demo needs: log in and out, `whoami`, checks, relation tuples. They are no Kratos and
//! no Keto: whoever needs more points the app at the real ones.

mod error;
mod keto;
mod kratos;
mod people;
mod server;
mod ui;

pub use keto::{EmbeddedKeto, Wire};
pub use people::{Person, people};

use crate::settings::{AppSettings, DEFAULT_SESSION_COOKIE};
use keto_client::{KetoClient, Relationships};
use kratos::Kratos;
use server::{Listener, Running};
use std::{error::Error, fmt::Write, sync::Arc};
use url::Url;

/// How the embedded servers are set up.
#[derive(Clone, Debug)]
pub struct Options {
    return_urls: Vec<Url>,
    session_cookie: String,
    wire: Wire,
}

impl Options {
    /// For an app at the given address; the session cookie has Kratos's default name if none is
    /// given.
    pub fn new(app: &Url, session_cookie: Option<String>) -> Self {
        Self {
            return_urls: vec![app.clone()],
            session_cookie: session_cookie.unwrap_or_else(|| DEFAULT_SESSION_COOKIE.into()),
            wire: Wire::default(),
        }
    }

    /// With a Keto that behaves as this one.
    #[must_use]
    pub fn keto(self, wire: Wire) -> Self {
        Self { wire, ..self }
    }
}

/// A running Kratos with its login UI, and a running Keto. They stop when this is dropped.
#[derive(Debug)]
pub struct Embedded {
    /// Where the login UI is.
    pub ui_url: Url,
    /// Where Kratos's public API is.
    pub kratos_url: Url,
    /// Keto.
    pub keto: EmbeddedKeto,
    _running: [Running; 2],
}

impl Embedded {
    /// Starts them, on loopback ports that are free.
    pub fn start(options: &Options) -> std::io::Result<Self> {
        let (public, ui) = (Listener::bind()?, Listener::bind()?);
        let (kratos_url, ui_url) = (public.url.clone(), ui.url.clone());
        let mut return_urls = options.return_urls.clone();
        return_urls.push(ui_url.clone());
        let kratos = Arc::new(Kratos::new(
            kratos_url.clone(),
            ui_url.clone(),
            return_urls,
            options.session_cookie.clone(),
        ));
        let running =
            [public.serve(kratos::routes(kratos.clone()))?, ui.serve(ui::routes(kratos))?];
        let keto = EmbeddedKeto::start(options.wire)?;
        Ok(Self { ui_url, kratos_url, keto, _running: running })
    }

    /// The value that a setting has while these servers are in use.
    pub fn setting(&self, name: &str) -> Option<String> {
        let url = match name {
            "KRATOS_EXTERNAL_API_URL" => &self.kratos_url,
            "KETO_API_READ_URL" => &self.keto.read_url,
            "KETO_API_WRITE_URL" => &self.keto.write_url,
            _ => return None,
        };
        Some(url.to_string())
    }

    /// Grants what the seeded people have, over the wire.
    pub async fn grant(
        &self,
        keto: &KetoClient,
        settings: &AppSettings,
    ) -> Result<(), Box<dyn Error>> {
        for person in people().iter().filter(|person| person.allowed) {
            let subject = settings.subject.subject(&person.identity()?)?;
            keto.create_relationship(&settings.permission.of(subject)).await?;
        }
        Ok(())
    }

    /// Who can log in, and where.
    pub fn welcome(&self) -> String {
        let mut text = format!(
            "Embedded servers, state in memory only, gone on exit:\n  \
             Kratos      {}\n  login UI    {}\n  Keto read   {}\n  Keto write  {}\n\nLog in as\n",
            self.kratos_url, self.ui_url, self.keto.read_url, self.keto.write_url,
        );
        for Person { email, password, note, .. } in people() {
            // Writing to a String can't fail.
            let _ = writeln!(text, "  {email:<20} {password:<22} {note}");
        }
        text
    }
}
