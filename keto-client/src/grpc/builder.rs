//! How a [`KetoGrpcClient`] is configured.

use crate::{
    config::{Settings, USER_AGENT, setters},
    grpc::{Inner, KetoGrpcClient, transport::GrpcEndpoint},
    layer::batching::Batching,
};
use ory_http::{ConfigError, Endpoints, HttpConfig, Protocol, ReasonVisibility};
use std::sync::Arc;

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

    /// Reads the variables in [`crate::ENVIRONMENT_VARIABLES`], but for the dialect, from somewhere else than
    /// the environment.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self { settings: Settings::from_vars(vars)? })
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn build(self) -> Result<KetoGrpcClient, ConfigError> {
        let settings = &self.settings;
        let mut endpoints = Endpoints::new(&settings.http, ReasonVisibility::Shown, USER_AGENT)?;
        let [read, write, syntax] = settings.apis(|name, url| {
            let endpoint = endpoints.endpoint_with_api_key(name, url, Protocol::Http2)?;
            if !matches!(endpoint.base_url().as_url().path(), "" | "/") {
                return Err(ConfigError::new(name, "must not have a path: gRPC has none"));
            }
            Ok(GrpcEndpoint::new(endpoint))
        })?;
        let batching = Arc::new(Batching::new(settings.in_flight)?);
        Ok(KetoGrpcClient(Arc::new(Inner { read, write, syntax, batching })))
    }
}
