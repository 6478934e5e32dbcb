//! What the builders of both clients are told alike.

use crate::layer::batching::InFlight;
use ory_http::EnvironmentVariable;
use ory_http::{ConfigError, HttpConfig, Optional};

pub(crate) const READ_URL: &str = "KETO_API_READ_URL";
pub(crate) const WRITE_URL: &str = "KETO_API_WRITE_URL";
pub(crate) const OPL_URL: &str = "KETO_API_OPL_URL";
pub(crate) const API_VERSION: &str = "KETO_API_VERSION";

/// The environment variables that [`KetoClient::from_env`](crate::KetoClient::from_env) reads.
pub const ENVIRONMENT_VARIABLES: &[EnvironmentVariable] = ory_http::environment_variables!(
    "KETO",
    "Keto",
    [
        EnvironmentVariable {
            name: READ_URL,
            help: "Keto's read API, such as http://127.0.0.1:4466",
        },
        EnvironmentVariable {
            name: WRITE_URL,
            help: "Keto's write API, such as http://127.0.0.1:4467",
        },
        EnvironmentVariable {
            name: OPL_URL,
            help: "Keto's OPL syntax API, such as http://127.0.0.1:4469; default the read API",
        },
        EnvironmentVariable {
            name: API_VERSION,
            help: "detect, current (the APIs since v0.9) or v0.7 (before); default detect",
        },
        EnvironmentVariable {
            name: "KETO_API_KEY",
            help: "bearer token to send to Keto; default none",
        },
    ]
);

/// The user agent of a client that was given no other.
pub(crate) const USER_AGENT: &str = concat!("keto-client/", env!("CARGO_PKG_VERSION"));

/// Where a Keto is, and the limits of calls to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) read: Option<String>,
    pub(crate) write: Option<String>,
    pub(crate) opl: Option<String>,
    pub(crate) in_flight: InFlight,
    pub(crate) http: HttpConfig,
}

impl Settings {
    pub(crate) fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self {
            read: vars(READ_URL),
            write: vars(WRITE_URL),
            opl: vars(OPL_URL),
            in_flight: InFlight::default(),
            http: HttpConfig::from_vars("KETO", vars)?,
        })
    }

    /// The APIs that the settings name: read, write and OPL syntax, which is at the read URL unless
    /// it has one of its own.
    pub(crate) fn apis<T: Clone>(
        &self,
        mut endpoint: impl FnMut(&'static str, &str) -> Result<T, ConfigError>,
    ) -> Result<[Optional<T>; 3], ConfigError> {
        if self.read.is_none() && self.write.is_none() && self.opl.is_none() {
            return Err(ConfigError::new(READ_URL, format!("is not set, nor is {WRITE_URL}")));
        }
        let mut api = |name, url: &Option<String>| url.as_deref().map(|url| endpoint(name, url));
        let read = api(READ_URL, &self.read).transpose()?;
        let write = api(WRITE_URL, &self.write).transpose()?;
        let syntax = api(OPL_URL, &self.opl).transpose()?.or_else(|| read.clone());
        let apis = [(READ_URL, read), (WRITE_URL, write), (OPL_URL, syntax)];
        Ok(apis.map(|(name, api)| Optional::new(name, api)))
    }
}

/// The methods of a builder that has a field `settings`.
macro_rules! setters {
    () => {
        /// Where the read API is (port 4466 by default). A client needs this URL or another one; an
        /// operation of an API that the client has no URL of is
        /// [`ErrorKind::NotConfigured`](ory_http::ErrorKind::NotConfigured).
        pub fn read_url(mut self, url: impl Into<String>) -> Self {
            self.settings.read = Some(url.into());
            self
        }

        /// Where the write API is (port 4467 by default). Without it nothing can be changed.
        pub fn write_url(mut self, url: impl Into<String>) -> Self {
            self.settings.write = Some(url.into());
            self
        }

        /// Where the OPL syntax API is (port 4469 by default). At the read URL if it is not set,
        /// as on Ory Network.
        pub fn opl_url(mut self, url: impl Into<String>) -> Self {
            self.settings.opl = Some(url.into());
            self
        }

        /// How many batches [`crate::BatchPermissions::batch_check`] has in flight at once; 8 by
        /// default.
        pub fn max_batches_in_flight(mut self, batches: usize) -> Self {
            self.settings.in_flight.batches = batches;
            self
        }

        /// How many single checks [`crate::BatchPermissions::batch_check`] has in flight at once
        /// where the server has no batch operation; 16 by default.
        pub fn max_checks_in_flight(mut self, checks: usize) -> Self {
            self.settings.in_flight.checks = checks;
            self
        }

        /// Limits, headers, credentials and connections. Over gRPC, the body limit is that of a message.
        pub fn http(mut self, config: HttpConfig) -> Self {
            self.settings.http = config;
            self
        }

        /// Reads the environment variables in [`crate::ENVIRONMENT_VARIABLES`].
        pub fn from_env() -> Result<Self, ConfigError> {
            Self::from_vars(&ory_http::env_vars)
        }
    };
}

pub(crate) use setters;
