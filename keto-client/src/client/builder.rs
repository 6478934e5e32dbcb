//! How a [`KetoClient`] is configured.

use super::{Dialect, Inner, KetoClient};
use crate::{
    ConfigError, HttpConfig,
    many::{Batching, InFlight},
};
use ory_http::{BaseUrl, FreeText, MetadataClient, Setting, Transport, env_vars, parse_setting};
use std::sync::Arc;

pub(crate) const READ_URL: &str = "KETO_API_READ_URL";
pub(crate) const WRITE_URL: &str = "KETO_API_WRITE_URL";
pub(crate) const OPL_URL: &str = "KETO_API_OPL_URL";
const DIALECT: &str = "KETO_DIALECT";

/// The environment variables that [`KetoClientBuilder::from_env`] reads.
pub const SETTINGS: &[Setting] = &[
    Setting { name: READ_URL, help: "Keto's read API, such as http://127.0.0.1:4466" },
    Setting { name: WRITE_URL, help: "Keto's write API, such as http://127.0.0.1:4467" },
    Setting {
        name: OPL_URL,
        help: "Keto's OPL syntax API, such as http://127.0.0.1:4469; default the read API",
    },
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
    opl: Option<String>,
    dialect: Dialect,
    in_flight: InFlight,
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

    /// Where the OPL syntax API is (port 4469 by default). At the read URL if it is not set, as on
    /// Ory Network.
    pub fn opl_url(mut self, url: impl Into<String>) -> Self {
        self.opl = Some(url.into());
        self
    }

    /// How many batches [`crate::BatchPermissions::check_many`] has in flight at once; 8 by
    /// default.
    pub fn batches_in_flight(mut self, batches: usize) -> Self {
        self.in_flight.batches = batches;
        self
    }

    /// How many single checks [`crate::BatchPermissions::check_many`] has in flight at once where
    /// the server has no batch operation; 16 by default.
    pub fn checks_in_flight(mut self, checks: usize) -> Self {
        self.in_flight.checks = checks;
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
            opl: vars(OPL_URL),
            dialect: parse_setting(DIALECT, vars, expected)?.unwrap_or_default(),
            http: HttpConfig::from_vars("KETO", vars)?,
            in_flight: InFlight::default(),
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
        let opl = self.opl.map(|url| BaseUrl::parse(OPL_URL, &url)).transpose()?;
        let opl = opl.unwrap_or_else(|| read.clone());
        let servers: Vec<_> = [&read, &opl].into_iter().chain(&write).collect();
        let transport = Transport::new(&self.http, &servers, FreeText::Shown)?;
        let dialect = self.dialect.discovered();
        let batching = Arc::new(Batching::new(self.in_flight)?);
        let metadata = MetadataClient::new(transport.clone(), read.clone(), Some(read.clone()));
        let check = read.join(["relation-tuples", "check", "openapi"]);
        let inner = Inner { transport, read, check, write, opl, dialect, batching, metadata };
        Ok(KetoClient(Arc::new(inner)))
    }
}
