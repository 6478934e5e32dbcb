//! How a [`KetoClient`] is configured.

use super::{Dialect, Inner, KetoClient, dialect::Speech};
use crate::{ConfigError, HttpConfig};
use ory_http::{BaseUrl, FreeText, MetadataClient, Setting, Transport, env_vars, parse_setting};
use std::sync::Arc;

const READ_URL: &str = "KETO_API_READ_URL";
const WRITE_URL: &str = "KETO_API_WRITE_URL";
const DIALECT: &str = "KETO_DIALECT";

/// The environment variables that [`KetoClientBuilder::from_env`] reads.
pub const SETTINGS: &[Setting] = &[
    Setting { name: READ_URL, help: "Keto's read API, such as http://127.0.0.1:4466" },
    Setting { name: WRITE_URL, help: "Keto's write API, such as http://127.0.0.1:4467" },
    Setting {
        name: DIALECT,
        help: "auto, current (the APIs since v0.9) or v0.7 (before); default auto",
    },
    Setting { name: "KETO_API_KEY", help: "bearer token to send to Keto; default none" },
    Setting {
        name: "KETO_CONNECT_TIMEOUT_MS",
        help: "milliseconds to connect to Keto; default 2000",
    },
    Setting { name: "KETO_TIMEOUT_MS", help: "milliseconds for a call to Keto; default 5000" },
    Setting {
        name: "KETO_MAX_RETRIES",
        help: "how often a failed call to Keto that is safe to repeat is tried again; default 2",
    },
    Setting {
        name: "KETO_MAX_IN_FLIGHT",
        help: "how many calls to Keto may be under way at a time; default any number",
    },
    Setting {
        name: "KETO_CA_FILE",
        help: "PEM file of the authorities that certify Keto; default the platform's",
    },
    Setting {
        name: "KETO_BODY_LIMIT",
        help: "bytes that an answer of Keto may have; default 8388608",
    },
];

/// Configures a [`KetoClient`].
///
/// ```
/// use keto_client::{ApiKey, HttpConfig, KetoClient};
///
/// // Ory Network serves both APIs at one address.
/// let keto = KetoClient::builder()
///     .read_url("https://my-project.projects.oryapis.com")
///     .write_url("https://my-project.projects.oryapis.com")
///     .http(HttpConfig::default().api_key(ApiKey::new("ory_pat_…".replace('…', "x"))?))
///     .build()?;
///
/// let error = KetoClient::builder().read_url("localhost").build().unwrap_err();
/// assert!(error.to_string().starts_with("KETO_API_READ_URL is not a URL"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KetoClientBuilder {
    read: Option<String>,
    write: Option<String>,
    dialect: Dialect,
    http: HttpConfig,
}

impl KetoClientBuilder {
    /// Where the read API is (port 4466 by default). Needed.
    pub fn read_url(mut self, url: impl Into<String>) -> Self {
        self.read = Some(url.into());
        self
    }

    /// Where the write API is (port 4467 by default). Without it nothing can be changed.
    pub fn write_url(mut self, url: impl Into<String>) -> Self {
        self.write = Some(url.into());
        self
    }

    /// Which dialect the server speaks; found out by default.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Limits and API key.
    pub fn http(mut self, config: HttpConfig) -> Self {
        self.http = config;
        self
    }

    /// Reads the environment variables in [`SETTINGS`].
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(&env_vars)
    }

    /// Reads the variables in [`SETTINGS`] from somewhere else than the environment.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let expected = "auto, current or v0.7";
        Ok(Self {
            read: vars(READ_URL),
            write: vars(WRITE_URL),
            dialect: parse_setting(DIALECT, vars, expected)?.unwrap_or_default(),
            http: HttpConfig::from_vars("KETO", vars)?,
        })
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn build(self) -> Result<KetoClient, ConfigError> {
        let read = self.read.ok_or_else(|| ConfigError::new(READ_URL, "is not set"))?;
        let read = BaseUrl::parse(READ_URL, &read)?;
        let write = self.write.map(|url| BaseUrl::parse(WRITE_URL, &url)).transpose()?;
        let servers: Vec<_> = std::iter::once(&read).chain(&write).collect();
        let transport = Transport::new(&self.http, &servers, FreeText::Shown)?;
        let speech = Speech::new(self.dialect);
        let metadata = MetadataClient::new(transport.clone(), read.clone(), Some(read.clone()));
        Ok(KetoClient(Arc::new(Inner { transport, read, write, speech, metadata })))
    }
}
