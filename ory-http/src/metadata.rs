//! Is a server up, and which one is it.

use crate::{BaseUrl, Error, ErrorKind, Request, Transport};
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
    async fn is_alive(&self) -> Result<bool, Error>;

    /// Whether the server and what it depends on can take requests. A server that says that it is
    /// not ready is `false`; one that can't be reached is an error.
    async fn is_ready(&self) -> Result<bool, Error>;

    /// The version that the server states. A build of one's own may state anything (`master`).
    async fn version(&self) -> Result<String, Error>;
}

/// [`Metadata`] over HTTP.
#[derive(Clone, Debug)]
pub struct MetadataClient {
    transport: Transport,
    health: BaseUrl,
    version: Option<BaseUrl>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

impl MetadataClient {
    /// Asks for the health at one address and for the version at another, if there is one: Kratos
    /// tells it on the admin API only.
    pub fn new(transport: Transport, health: BaseUrl, version: Option<BaseUrl>) -> Self {
        Self { transport, health, version }
    }

    async fn health(&self, operation: &'static str, kind: &'static str) -> Result<bool, Error> {
        let url = self.health.join(["health", kind]);
        let answer = self.transport.send(Request::new(operation, Method::GET, url)).await?;
        match answer.status() {
            StatusCode::OK if answer.is_json() => Ok(true),
            StatusCode::OK => Err(answer.unexpected("a health check that is not JSON")),
            StatusCode::SERVICE_UNAVAILABLE if answer.is_json() => Ok(false),
            _ => Err(answer.into_error()),
        }
    }
}

#[async_trait]
impl Metadata for MetadataClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.health("is alive", "alive").await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.health("is ready", "ready").await
    }

    async fn version(&self) -> Result<String, Error> {
        let operation = "version";
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: "admin URL" });
        let url = self.version.as_ref().ok_or_else(missing)?.join(["version"]);
        let answer = self.transport.send(Request::new(operation, Method::GET, url)).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.json_object::<Version>()?.version),
            _ => Err(answer.into_error()),
        }
    }
}
