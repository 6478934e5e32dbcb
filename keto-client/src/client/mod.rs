//! [`KetoClient`]: the traits over HTTP.

mod builder;
mod check;
mod dialect;
mod relationships;
mod wire;

pub use builder::{KetoClientBuilder, SETTINGS};
pub use dialect::Dialect;

use crate::{Error, ErrorKind, Metadata};
use async_trait::async_trait;
use dialect::Speech;
use ory_http::{BaseUrl, MetadataClient, Transport};
use std::sync::Arc;

/// A client of one Keto. Cheap to clone: clones share connections and what was found out about
/// the server.
#[derive(Clone, Debug)]
pub struct KetoClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transport: Transport,
    read: BaseUrl,
    write: Option<BaseUrl>,
    speech: Speech,
    metadata: MetadataClient,
}

impl KetoClient {
    /// Starts the configuration of a client.
    pub fn builder() -> KetoClientBuilder {
        KetoClientBuilder::default()
    }

    /// A client configured by the environment alone, see [`SETTINGS`].
    pub fn from_env() -> Result<Self, crate::ConfigError> {
        KetoClientBuilder::from_env()?.build()
    }

    fn write_url(&self, operation: &'static str) -> Result<&BaseUrl, Error> {
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: "write URL" });
        self.0.write.as_ref().ok_or_else(missing)
    }
}

/// The health and version of the read API.
#[async_trait]
impl Metadata for KetoClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.0.metadata.is_alive().await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.0.metadata.is_ready().await
    }

    async fn version(&self) -> Result<String, Error> {
        self.0.metadata.version().await
    }
}
