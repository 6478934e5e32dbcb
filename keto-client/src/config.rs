//! What the builders of both clients are told alike.

use crate::layer::batching::InFlight;
use ory_http::EnvironmentVariable;
use ory_http::{ConfigError, HttpConfig};

pub(crate) const READ_URL: &str = "KETO_API_READ_URL";
pub(crate) const WRITE_URL: &str = "KETO_API_WRITE_URL";
pub(crate) const OPL_URL: &str = "KETO_API_OPL_URL";
pub(crate) const API_VERSION: &str = "KETO_API_VERSION";

/// The environment variables that [`KetoClient::from_env`](crate::KetoClient::from_env) reads.
pub const ENVIRONMENT_VARIABLES: &[EnvironmentVariable] = &[
    EnvironmentVariable { name: READ_URL, help: "Keto's read API, such as http://127.0.0.1:4466" },
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
    EnvironmentVariable {
        name: "KETO_API_KEY_OVER_HTTP",
        help: "whether the key may go to other machines over plain HTTP; default false",
    },
    EnvironmentVariable {
        name: "KETO_PROXY",
        help: "system, none or the URL of a proxy to Keto; default system (HTTPS_PROXY, NO_PROXY)",
    },
    EnvironmentVariable {
        name: "KETO_CONNECT_TIMEOUT_MS",
        help: "milliseconds to connect to Keto; default 2000",
    },
    EnvironmentVariable {
        name: "KETO_TIMEOUT_MS",
        help: "milliseconds for a call to Keto; default 5000",
    },
    EnvironmentVariable {
        name: "KETO_MAX_RETRIES",
        help: "how often a failed call to Keto that is safe to repeat is tried again; default 2",
    },
    EnvironmentVariable {
        name: "KETO_MAX_IN_FLIGHT",
        help: "how many calls to Keto may be under way at a time; default any number",
    },
    EnvironmentVariable {
        name: "KETO_CA_FILE",
        help: "PEM file of the authorities that certify Keto; default the platform's",
    },
    EnvironmentVariable {
        name: "KETO_BODY_LIMIT",
        help: "bytes that a response of Keto may have; default 8388608",
    },
];

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

    /// The one setting that must be there.
    pub(crate) fn read(&self) -> Result<&str, ConfigError> {
        self.read.as_deref().ok_or_else(|| ConfigError::new(READ_URL, "is not set"))
    }
}

/// The methods of a builder that has a field `settings`.
macro_rules! setters {
    () => {
        /// Where the read API is (port 4466 by default). Needed.
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

        /// Limits and API key. Over gRPC, the body limit is that of a message.
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
