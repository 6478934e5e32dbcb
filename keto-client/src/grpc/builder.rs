//! How a [`KetoGrpcClient`] is configured.

use super::{Inner, KetoGrpcClient, Server};
use crate::{
    ConfigError, HttpConfig,
    client::{OPL_URL, READ_URL, WRITE_URL},
    many::{Batching, InFlight},
};
use ory_http::{BaseUrl, Limits, env_vars};
use std::sync::Arc;
use tonic::transport::{ClientTlsConfig, Endpoint};

/// Configures a [`KetoGrpcClient`].
///
/// ```
/// use keto_client::KetoGrpcClient;
///
/// let keto = KetoGrpcClient::builder()
///     .read_url("http://127.0.0.1:4466")
///     .write_url("http://127.0.0.1:4467")
///     .build()?;
/// # Ok::<(), keto_client::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct KetoGrpcClientBuilder {
    read: Option<String>,
    write: Option<String>,
    opl: Option<String>,
    in_flight: InFlight,
    config: HttpConfig,
}

impl KetoGrpcClientBuilder {
    /// Where the read API is (port 4466 by default), without a path. Needed.
    pub fn read_url(mut self, url: impl Into<String>) -> Self {
        self.read = Some(url.into());
        self
    }

    /// Where the write API is (port 4467 by default). Without it nothing can be changed.
    pub fn write_url(mut self, url: impl Into<String>) -> Self {
        self.write = Some(url.into());
        self
    }

    /// Where the OPL syntax API is (port 4469 by default). At the read URL if it is not set.
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

    /// How many single checks it has in flight at once where the server has no batch operation;
    /// 16 by default.
    pub fn checks_in_flight(mut self, checks: usize) -> Self {
        self.in_flight.checks = checks;
        self
    }

    /// Limits and API key, as for HTTP; the body limit is that of a message.
    pub fn http(mut self, config: HttpConfig) -> Self {
        self.config = config;
        self
    }

    /// Reads the environment variables in [`crate::SETTINGS`], but for the dialect.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_vars(&env_vars)
    }

    /// Reads these variables from somewhere else than the environment.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self {
            read: vars(READ_URL),
            write: vars(WRITE_URL),
            opl: vars(OPL_URL),
            in_flight: InFlight::default(),
            config: HttpConfig::from_vars("KETO", vars)?,
        })
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn build(self) -> Result<KetoGrpcClient, ConfigError> {
        let limits = self.config.limits()?;
        let read = self.read.ok_or_else(|| ConfigError::new(READ_URL, "is not set"))?;
        let server = |name, url: Option<String>| {
            url.map(|url| endpoint(name, &url, &self.config, limits).map(Server::new)).transpose()
        };
        Ok(KetoGrpcClient(Arc::new(Inner {
            read: Server::new(endpoint(READ_URL, &read, &self.config, limits)?),
            write: server(WRITE_URL, self.write)?,
            opl: server(OPL_URL, self.opl)?,
            limits,
            authorization: self.config.authorization(),
            batching: Batching::new(self.in_flight)?,
        })))
    }
}

fn endpoint(
    setting: &'static str,
    url: &str,
    config: &HttpConfig,
    limits: Limits,
) -> Result<Endpoint, ConfigError> {
    let base = BaseUrl::parse(setting, url)?;
    let url = base.as_url();
    if !matches!(url.path(), "" | "/") {
        return Err(ConfigError::new(setting, "must not have a path: gRPC has none"));
    }
    let wrong = |_| ConfigError::new(setting, "can't be used for gRPC");
    let endpoint = Endpoint::from_shared(url.to_string())
        .map_err(wrong)?
        .user_agent(concat!("keto-client-rust/", env!("CARGO_PKG_VERSION")))
        .map_err(wrong)?
        .connect_timeout(limits.connect_timeout);
    if !base.is_https() {
        return Ok(endpoint);
    }
    let tls = ClientTlsConfig::new();
    endpoint.tls_config_with_verifier(tls, config.certificate_verifier()?).map_err(wrong)
}
