//! How a [`KetoClient`] is configured.

use crate::{
    api::error::hint,
    config::{API_VERSION, Settings, USER_AGENT, setters},
    http::{Inner, KetoClient, api_version::ApiVersion},
    layer::batching::Batching,
};
use http::Method;
use ory_http::{
    ConfigError, Endpoint, Endpoints, HttpConfig, Protocol, ReasonVisibility, parse_setting,
};
use std::sync::Arc;

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
    settings: Settings,
    api_version: ApiVersion,
}

impl KetoClientBuilder {
    setters!();

    /// Which dialect the server speaks; found out by default.
    pub fn api_version(mut self, api_version: ApiVersion) -> Self {
        self.api_version = api_version;
        self
    }

    /// Reads the variables in [`crate::ENVIRONMENT_VARIABLES`] from somewhere else than the environment.
    pub fn from_vars(vars: &impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let expected = "detect, current or v0.7";
        let api_version = parse_setting(API_VERSION, vars, expected)?.unwrap_or_default();
        Ok(Self { settings: Settings::from_vars(vars)?, api_version })
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn build(self) -> Result<KetoClient, ConfigError> {
        let (settings, http) = (&self.settings, &self.settings.http);
        let mut endpoints = Endpoints::new(http, ReasonVisibility::Shown, USER_AGENT)?.hint(hint);
        let [read, write, syntax] = settings
            .apis(|name, url| endpoints.endpoint_with_api_key(name, url, Protocol::Negotiated))?;
        let route = "/relation-tuples/check/openapi";
        let check = |api: &Endpoint| api.request("check", Method::POST, route).idempotent();
        let check = read.map(|api| check(api).prepared());
        let version = self.api_version.detected();
        let batching = Arc::new(Batching::new(settings.in_flight)?);
        Ok(KetoClient(Arc::new(Inner { read, write, syntax, check, version, batching })))
    }
}
