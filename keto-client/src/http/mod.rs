//! The HTTP client.

pub(crate) mod api_version;
mod batch;
pub(crate) mod builder;
mod check;
mod expand;
mod namespaces;
mod opl_syntax;
mod relationships;
mod wire;

use crate::{
    http::{api_version::DetectedVersion, builder::KetoClientBuilder},
    layer::batching::BatchState,
};
use async_trait::async_trait;
use ory_http::{ConfigError, Connections, Detected, Endpoint, Error, Metadata, Optional, Request};
use std::{fmt, sync::Arc};

/// A client for Ory Keto over HTTP.
///
/// It implements all traits of this crate. It is cheap to clone: clones share connections and detected
/// properties of the server, such as its API version.
#[derive(Clone, Debug)]
pub struct KetoClient(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    read: Optional<Endpoint>,
    write: Optional<Endpoint>,
    syntax: Optional<Endpoint>,
    /// A check request for current versions of Keto, without its tuple.
    check: Optional<Request>,
    version: Detected<DetectedVersion>,
    batching: Arc<BatchState>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("read", &self.read)
            .field("write", &self.write)
            .field("syntax", &self.syntax)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl KetoClient {
    /// Creates a builder.
    pub fn builder() -> KetoClientBuilder {
        KetoClientBuilder::default()
    }

    /// Creates a client from the environment variables in [`crate::ENVIRONMENT_VARIABLES`].
    ///
    /// # Errors
    /// Returns the name of a missing or invalid variable, and the problem.
    pub fn from_env() -> Result<Self, ConfigError> {
        KetoClientBuilder::from_env()?.build()
    }

    /// Returns this client with separate connections. The concurrency limit, the retry budget and
    /// the detected API version remain shared.
    ///
    /// Call it in each worker of a server with one Tokio runtime per thread, such as actix-web: a
    /// connection is driven by the runtime that opened it, so that a call through the connection of
    /// another thread would wait for that thread.
    ///
    /// # Errors
    /// Returns an error if the connections can't be set up.
    pub fn with_own_connections(&self) -> Result<Self, ConfigError> {
        let Inner { read, write, syntax, .. } = &*self.0;
        let mut connections = None;
        let mut reconnect = |endpoint: &Endpoint| {
            let connections: &mut Connections =
                connections.get_or_insert_with(|| endpoint.new_connections());
            endpoint.with_connections(connections)
        };
        let (read, syntax) = (read.try_map(&mut reconnect)?, syntax.try_map(&mut reconnect)?);
        let write = write.try_map(&mut reconnect)?;
        Ok(Self(Arc::new(Inner { read, write, syntax, ..Inner::clone(&self.0) })))
    }
}

/// Decoders of responses, for the fuzz targets.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use super::{api_version::DetectedVersion, batch, check, expand};
    use crate::{
        api::permissions::Decision, layer::batching::BatchResponse, model::tree::SubjectTree,
    };
    use ory_http::{Error, Response};

    pub(crate) fn decision(response: Response, v0_7: bool) -> Result<Decision, Error> {
        check::decision(
            response,
            if v0_7 { DetectedVersion::V0_7 } else { DetectedVersion::Current },
        )
    }

    pub(crate) fn decisions(response: Response) -> Result<BatchResponse, Error> {
        batch::decisions(response)
    }

    pub(crate) fn tree(response: Response) -> Result<Option<SubjectTree>, Error> {
        expand::tree(response)
    }
}

impl KetoClient {
    fn read(&self, operation: &'static str) -> Result<&Endpoint, Error> {
        self.0.read.get(operation)
    }

    fn write(&self, operation: &'static str) -> Result<&Endpoint, Error> {
        self.0.write.get(operation)
    }

    fn read_or_write(&self, operation: &'static str) -> Result<&Endpoint, Error> {
        self.0.read.or(&self.0.write).get(operation)
    }
}

/// The health and version of the read API, or of the write API where the client has no other.
#[async_trait]
impl Metadata for KetoClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        ory_http::is_alive(self.read_or_write("is alive")?).await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        ory_http::is_ready(self.read_or_write("is ready")?).await
    }

    async fn version(&self) -> Result<String, Error> {
        ory_http::version(self.read_or_write("version")?).await
    }
}
