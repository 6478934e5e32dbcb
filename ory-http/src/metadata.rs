//! Is a server up, and which one is it.

use crate::{endpoint::Endpoint, error::Error};
use async_trait::async_trait;
use auto_impl::auto_impl;
use http::{Method, StatusCode};
use serde::Deserialize;

/// The health and version of a server.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/metadata>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Metadata: Send + Sync {
    /// Whether the server's process answers.
    #[doc(alias = "isAlive")]
    async fn is_alive(&self) -> Result<bool, Error>;

    /// Whether the server and what it depends on can take requests. A server that says that it is
    /// not ready is `false`; one that can't be reached is an error.
    #[doc(alias = "isReady")]
    async fn is_ready(&self) -> Result<bool, Error>;

    /// The version that the server states. A build of one's own may state anything (`master`), or
    /// nothing, which is an empty text.
    #[doc(alias = "getVersion")]
    async fn version(&self) -> Result<String, Error>;
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
}

/// Asks an API for its health: `alive` or `ready`.
async fn health(
    api: &Endpoint,
    operation: &'static str,
    route: &'static str,
) -> Result<bool, Error> {
    let response = api.send(api.request(operation, Method::GET, route)).await?;
    match response.status() {
        StatusCode::OK if response.is_json() => Ok(true),
        StatusCode::OK => Err(response.unexpected("a health check that is not JSON")),
        StatusCode::SERVICE_UNAVAILABLE if response.is_json() => Ok(false),
        _ => Err(response.into_error()),
    }
}

/// [`Metadata::is_alive`] of an API.
pub async fn is_alive(api: &Endpoint) -> Result<bool, Error> {
    health(api, "is alive", "/health/alive").await
}

/// [`Metadata::is_ready`] of an API.
pub async fn is_ready(api: &Endpoint) -> Result<bool, Error> {
    health(api, "is ready", "/health/ready").await
}

/// [`Metadata::version`] of an API.
pub async fn version(api: &Endpoint) -> Result<String, Error> {
    let response = api.send(api.request("version", Method::GET, "/version")).await?;
    let version = response.expect(StatusCode::OK)?.json_object::<Version>()?.version;
    Ok(version.unwrap_or_default())
}
