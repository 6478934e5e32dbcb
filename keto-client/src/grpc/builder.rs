//! How a [`KetoGrpcClient`] is configured.

use crate::config::setters;
use crate::grpc::{Inner, KetoGrpcClient, Server};
use crate::{
    config::{OPL_URL, READ_URL, Settings, WRITE_URL},
    layer::batching::Batching,
};
use ory_http::{BaseUrl, Limits};
use ory_http::{ConfigError, HttpConfig};
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
    settings: Settings,
}

impl KetoGrpcClientBuilder {
    setters!();

    /// Reads the variables in [`crate::SETTINGS`], but for the dialect, from somewhere else than
    /// the environment.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self { settings: Settings::from_vars(vars)? })
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn build(self) -> Result<KetoGrpcClient, ConfigError> {
        let settings = self.settings;
        let limits = settings.http.limits()?;
        let server =
            |name, url: &str| Ok(Server::new(endpoint(name, url, &settings.http, limits)?));
        let other =
            |name, url: &Option<String>| url.as_deref().map(|url| server(name, url)).transpose();
        Ok(KetoGrpcClient(Arc::new(Inner {
            read: server(READ_URL, settings.read()?)?,
            write: other(WRITE_URL, &settings.write)?,
            opl: other(OPL_URL, &settings.opl)?,
            limits,
            authorization: settings.http.authorization(),
            batching: Batching::new(settings.in_flight)?,
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
