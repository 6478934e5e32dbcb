//! How the app is configured: by environment variables, with the article's names.

use crate::{
    forward_auth::settings::ForwardAuthSettings,
    oathkeeper_tokens::OathkeeperSettings,
    opl::Opl,
    permission::Permission,
    permissions::{Generate, Permissions},
    subject::SubjectStrategy,
    web_url::web_url,
};
use clap::{Parser, Subcommand};
use keto_client::{ConfigError, EnvironmentVariable, testing::KetoVersion};
use kratos_client::flow::TrustedProxies;
use std::{fmt::Write, net::SocketAddr, num::NonZero, path::PathBuf};
use url::Url;

/// A homepage protected by Ory Kratos and Ory Keto.
///
/// With none of the URLs of Kratos and Keto set, it starts small servers of its own that speak
/// their wire, with people to log in as; their state is in memory, or in the file `DATA_FILE`.
#[derive(Debug, Parser)]
#[command(version, after_help = client_settings_help())]
pub struct Cli {
    /// What to do; serves the homepage if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The app's own settings.
    #[command(flatten)]
    pub app: AppSettings,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the homepage
    Serve,
    /// Reads and writes relation tuples
    Permissions(Permissions),
    /// Checks, formats and tests permission models, without a server
    Opl(Opl),
    /// Generates shell completions and man pages
    #[command(subcommand)]
    Generate(Generate),
    /// Asks the app at `LISTEN_ADDR`, by default 127.0.0.1:5000, whether it is ready: exits with 0 if
    /// it is
    Healthcheck,
}

/// The version of Keto that the embedded one behaves as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum EmbeddedKeto {
    /// As v26.2.0
    #[default]
    Current,
    /// As Ory Network, which refuses subject ids
    Network,
    /// As v0.7.0-alpha.1
    #[value(name = "v0.7")]
    V0_7,
}

impl EmbeddedKeto {
    /// The version of the testing server.
    pub fn version(self) -> KetoVersion {
        match self {
            Self::Current => KetoVersion::Current,
            Self::Network => KetoVersion::OryNetwork,
            Self::V0_7 => KetoVersion::V0_7,
        }
    }
}

/// The app's own settings.
#[derive(Clone, Debug, clap::Args)]
pub struct AppSettings {
    /// Address to listen on; default 127.0.0.1:5000, or the next port that is free
    #[arg(long, env = "LISTEN_ADDR", global = true)]
    pub listen: Option<SocketAddr>,
    /// How browsers reach this app; default http:// and the address that it listens on
    #[arg(long, env = "APP_PUBLIC_URL", value_parser = web_url, hide_env_values = true)]
    pub public_url: Option<Url>,
    /// How browsers reach the login UI, such as <http://127.0.0.1:4455>; without it, this app has the
    /// pages
    #[arg(long, env = "KRATOS_UI_URL", value_parser = web_url, hide_env_values = true)]
    pub kratos_ui_url: Option<Url>,
    /// What names a person to Keto
    #[arg(long, env = "SUBJECT", value_enum, default_value_t)]
    pub subject: SubjectStrategy,
    /// Which Keto the embedded one behaves as
    #[arg(long, env = "EMBEDDED_KETO", value_enum, default_value_t)]
    pub embedded_keto: EmbeddedKeto,
    /// A file in which the embedded servers keep people and permissions; default in memory
    #[arg(long, env = "DATA_FILE")]
    pub data_file: Option<PathBuf>,
    /// The permission that the homepage needs, as namespace:object#relation
    #[arg(long, env = "PERMISSION", default_value = "app:homepage#read")]
    pub permission: Permission,
    /// The permission that the page at /permissions needs, as namespace:object#relation
    #[arg(long, env = "MANAGE_PERMISSION", default_value = "app:permissions#manage")]
    pub manage_permission: Permission,
    /// A file in which the page at /permissions keeps who changed what; default `DATA_FILE`, or in
    /// memory
    #[arg(long, env = "AUDIT_FILE")]
    pub audit_file: Option<PathBuf>,
    /// Whom to ask for a permission: an email address or a text, which the page of a denial shows
    #[arg(long, env = "PERMISSION_CONTACT")]
    pub permission_contact: Option<String>,
    /// How many requests the app works on at once; the next ones get 503
    #[arg(long, env = "MAX_REQUESTS", default_value = "512")]
    pub max_requests: NonZero<u16>,
    /// The proxies in front of the app, as networks or addresses separated by commas: what they say in
    /// X-Forwarded-For is the address that Kratos learns of a browser's device
    #[arg(long, env = "TRUSTED_PROXIES", value_parser = trusted_proxies)]
    pub trusted_proxies: Option<TrustedProxies>,
    /// Seconds between SIGTERM, when the app says that it is not ready, and the end of new connections
    #[arg(long, env = "SHUTDOWN_DELAY", default_value_t = 3)]
    pub shutdown_delay: u16,
    /// What a request through Oathkeeper must have
    #[command(flatten)]
    pub oathkeeper: OathkeeperSettings,
    /// What a proxy that asks about requests is told
    #[command(flatten)]
    pub forward_auth: ForwardAuthSettings,
}

fn trusted_proxies(text: &str) -> Result<TrustedProxies, ConfigError> {
    TrustedProxies::new(text.split(',').map(str::trim))
}

/// The name of the session cookie where `KRATOS_SESSION_COOKIE` is not set.
pub const DEFAULT_SESSION_COOKIE: &str = "ory_kratos_session";

/// The settings that say where the real servers are.
pub const SERVER_URLS: [&str; 4] =
    ["KRATOS_UI_URL", "KRATOS_EXTERNAL_API_URL", "KETO_API_READ_URL", "KETO_API_WRITE_URL"];

/// What must not be given to the embedded servers by mistake.
const FOR_REAL_SERVERS: [&str; 4] =
    ["KRATOS_ADMIN_API_URL", "KETO_API_OPL_URL", "KRATOS_API_KEY", "KETO_API_KEY"];

/// Where Kratos and Keto come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Servers {
    /// The app brings its own.
    Embedded,
    /// They run somewhere.
    Real {
        /// How browsers reach the login UI; the app has the pages itself if there is none.
        ui: Option<Url>,
    },
}

impl Servers {
    /// All of the needed URLs, or none: a half-configured app must not fall back to its own
    /// servers, whose passwords everybody knows.
    pub fn choose(
        app: &AppSettings,
        vars: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let set = |name: &str| match name {
            "KRATOS_UI_URL" => app.kratos_ui_url.is_some(),
            _ => vars(name).is_some(),
        };
        if !SERVER_URLS.into_iter().any(set) {
            if let Some(name) = FOR_REAL_SERVERS.into_iter().find(|name| set(name)) {
                let problem = "is set, but not where the servers are: the embedded ones need none";
                return Err(ConfigError::new(name, problem));
            }
            return match app.listen.is_none_or(|address| address.ip().is_loopback()) {
                true => Ok(Self::Embedded),
                false => Err(ConfigError::new(
                    "LISTEN_ADDR",
                    "must be a loopback address, because the embedded servers are in use and \
                     everybody knows their passwords",
                )),
            };
        }
        if app.data_file.is_some() {
            let problem = "is set, but so are the URLs of real servers, which keep their own state";
            return Err(ConfigError::new("DATA_FILE", problem));
        }
        // Without the UI's URL the app has the pages itself. Without the write URL the homepage works;
        // only grant and revoke do not.
        match SERVER_URLS[1..3].iter().find(|name| !set(name)) {
            None => Ok(Self::Real { ui: app.kratos_ui_url.clone() }),
            Some(name) => Err(ConfigError::new(
                *name,
                "is not set but another URL is: set all of them for real servers, or none for the \
                 embedded ones",
            )),
        }
    }
}

/// Every setting of the two clients, one after the other.
pub fn client_settings() -> impl Iterator<Item = &'static EnvironmentVariable> {
    kratos_client::ENVIRONMENT_VARIABLES.iter().chain(keto_client::ENVIRONMENT_VARIABLES)
}

fn client_settings_help() -> String {
    let mut help = String::from("Settings of the clients, by environment only:\n");
    for EnvironmentVariable { name, help: text } in client_settings() {
        // Writing to a String can't fail.
        let _ = writeln!(help, "  {name:<28} {text}");
    }
    help.push_str("  RUST_LOG                     what to log; default info");
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(arguments: &[&str], vars: &[(&str, &str)]) -> Result<Servers, String> {
        let cli = Cli::parse_from([&["demo-app"], arguments].concat());
        let lookup = |name: &str| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        Servers::choose(&cli.app, &lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn embedded_only_where_nothing_is_set_and_nobody_else_listens() {
        assert_eq!(choose(&[], &[]), Ok(Servers::Embedded));
        assert!(choose(&["--listen", "0.0.0.0:5000"], &[]).unwrap_err().starts_with("LISTEN_ADDR"));

        let half = choose(&[], &[("KETO_API_WRITE_URL", "http://keto.test")]).unwrap_err();
        assert!(half.starts_with("KRATOS_EXTERNAL_API_URL is not set"), "{half}");
        let half = choose(&["--kratos-ui-url", "http://ui.test"], &[]).unwrap_err();
        assert!(half.starts_with("KRATOS_EXTERNAL_API_URL is not set"), "{half}");

        let key = choose(&[], &[("KETO_API_KEY", "planted")]).unwrap_err();
        assert!(key.starts_with("KETO_API_KEY is set") && !key.contains("planted"), "{key}");

        let ui = ["--kratos-ui-url", "http://ui.test"];
        let both = [("KRATOS_EXTERNAL_API_URL", "http://a"), ("KETO_API_READ_URL", "http://b")];
        assert!(matches!(choose(&ui, &both), Ok(Servers::Real { ui: Some(_) })));
        assert_eq!(choose(&[], &both), Ok(Servers::Real { ui: None }));
        let file = choose(&[&ui[..], &["--data-file", "x"]].concat(), &both).unwrap_err();
        assert!(file.starts_with("DATA_FILE is set"), "{file}");
    }
}
