//! Health and version of a server.

use crate::{endpoint::Endpoint, error::Error};
use async_trait::async_trait;
use auto_impl::auto_impl;
use http::{Method, StatusCode};
use serde::Deserialize;

/// Queries the health and the version of a server.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/metadata>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Metadata: Send + Sync {
    /// Returns whether the server process accepts requests.
    ///
    /// # Errors
    /// Returns an error if the server can't be reached, or answers with anything but its health.
    #[doc(alias = "isAlive")]
    async fn is_alive(&self) -> Result<bool, Error>;

    /// Returns whether the server and its dependencies, such as the database, are ready. A `503`
    /// response of the server is `Ok(false)`.
    ///
    /// # Errors
    /// As [`Metadata::is_alive`].
    #[doc(alias = "isReady")]
    async fn is_ready(&self) -> Result<bool, Error>;

    /// Returns the version of the server, such as `v26.2.0`. A custom build can report any text,
    /// such as `master`.
    ///
    /// # Errors
    /// As [`Metadata::is_alive`].
    #[doc(alias = "getVersion")]
    async fn version(&self) -> Result<String, Error>;
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
}

/// Requests a health route, `/health/alive` or `/health/ready`.
async fn health(
    api: &Endpoint,
    operation: &'static str,
    route: &'static str,
) -> Result<bool, Error> {
    let response = api.send(api.request(operation, Method::GET, route)).await?;
    match response.status() {
        StatusCode::OK if response.is_json() => Ok(true),
        StatusCode::OK => Err(response.unexpected("the health status is not JSON")),
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
