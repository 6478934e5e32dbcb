//! The settings of the builders of both clients.

use crate::layer::batching::InFlight;
use ory_http::{ConfigError, EnvironmentVariable, HttpConfig, Optional};

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
            help: "URL of Keto's read API, such as http://127.0.0.1:4466",
        },
        EnvironmentVariable {
            name: WRITE_URL,
            help: "URL of Keto's write API, such as http://127.0.0.1:4467",
        },
        EnvironmentVariable {
            name: OPL_URL,
            help: "URL of Keto's OPL syntax API, such as http://127.0.0.1:4469; default the read API",
        },
        EnvironmentVariable {
            name: API_VERSION,
            help: "API version of Keto: detect, current (v0.9 and later) or v0.7; default detect",
        },
        EnvironmentVariable {
            name: "KETO_API_KEY",
            help: "API key or other bearer token for Keto; default none",
        },
    ]
);

/// The default user agent.
pub(crate) const USER_AGENT: &str = concat!("keto-client/", env!("CARGO_PKG_VERSION"));

/// The URLs of a Keto, and the limits of calls to it.
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

    /// Creates the read, write and OPL syntax APIs. The OPL syntax API has the read URL by default.
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

/// The methods of a builder with a field `settings`.
macro_rules! setters {
    () => {
        /// Sets the URL of the read API, whose default port is 4466.
        ///
        /// A client needs at least one URL. An operation of an API without a URL returns
        /// [`ErrorKind::NotConfigured`](ory_http::ErrorKind::NotConfigured).
        pub fn read_url(mut self, url: impl Into<String>) -> Self {
            self.settings.read = Some(url.into());
            self
        }

        /// Sets the URL of the write API, whose default port is 4467.
        pub fn write_url(mut self, url: impl Into<String>) -> Self {
            self.settings.write = Some(url.into());
            self
        }

        /// Sets the URL of the OPL syntax API, whose default port is 4469. It is the read URL by
        /// default, as on Ory Network.
        pub fn opl_url(mut self, url: impl Into<String>) -> Self {
            self.settings.opl = Some(url.into());
            self
        }

        /// Sets the maximum number of concurrent batches of a
        /// [`batch_check`](crate::BatchPermissions::batch_check); 8 by default. Zero is rejected when
        /// the client is built.
        pub fn max_batches_in_flight(mut self, batches: usize) -> Self {
            self.settings.in_flight.batches = batches;
            self
        }

        /// Sets the maximum number of concurrent single checks of a
        /// [`batch_check`](crate::BatchPermissions::batch_check) on a server without a batch
        /// operation; 16 by default. Zero is rejected when the client is built.
        pub fn max_checks_in_flight(mut self, checks: usize) -> Self {
            self.settings.in_flight.checks = checks;
            self
        }

        /// Sets limits, headers, credentials and connections. Over gRPC, the body limit applies to a
        /// message.
        pub fn http(mut self, config: HttpConfig) -> Self {
            self.settings.http = config;
            self
        }

        /// Creates a builder from the environment variables in [`crate::ENVIRONMENT_VARIABLES`].
        ///
        /// # Errors
        /// Returns the name of an invalid variable, and the problem.
        pub fn from_env() -> Result<Self, ConfigError> {
            Self::from_vars(&ory_http::env_vars)
        }
    };
}

pub(crate) use setters;
