//! The builder of [`KetoGrpcClient`].

use crate::{
    config::{Settings, USER_AGENT, setters},
    grpc::{Inner, KetoGrpcClient, transport::GrpcEndpoint},
    layer::batching::BatchState,
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

    /// Creates a builder from variables in place of the environment. It reads the variables in
    /// [`crate::ENVIRONMENT_VARIABLES`], except for the API version.
    ///
    /// # Errors
    /// Returns the name of an invalid variable, and the problem.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self { settings: Settings::from_vars(vars)? })
    }

    /// Builds the client. No request is sent.
    ///
    /// # Errors
    /// Returns the name of a missing or invalid setting, and the problem.
    pub fn build(self) -> Result<KetoGrpcClient, ConfigError> {
        let settings = &self.settings;
        let mut endpoints = Endpoints::new(&settings.http, ReasonVisibility::Shown, USER_AGENT)?;
        let [read, write, syntax] = settings.apis(|name, url| {
            let endpoint = endpoints.endpoint_with_api_key(name, url, Protocol::Http2)?;
            if !matches!(endpoint.base_url().as_url().path(), "" | "/") {
                return Err(ConfigError::new(
                    name,
                    "must not contain a path, which gRPC does not support",
                ));
            }
            Ok(GrpcEndpoint::new(endpoint))
        })?;
        let batching = Arc::new(BatchState::new(settings.in_flight)?);
        Ok(KetoGrpcClient(Arc::new(Inner { read, write, syntax, batching })))
    }
}
