//! [`KetoClient`]: the traits over HTTP.

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
    layer::batching::Batching,
};
use async_trait::async_trait;
use ory_http::{ConfigError, Connections, Detected, Endpoint, Error, Metadata, Optional, Request};
use std::{fmt, sync::Arc};

/// A client of one Keto. Cheap to clone: clones share connections and what was detected about the
/// server.
#[derive(Clone, Debug)]
pub struct KetoClient(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    read: Optional<Endpoint>,
    write: Optional<Endpoint>,
    syntax: Optional<Endpoint>,
    /// A check of today's Keto, but for its tuple.
    check: Optional<Request>,
    version: Detected<DetectedVersion>,
    batching: Arc<Batching>,
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
    /// Starts the configuration of a client.
    pub fn builder() -> KetoClientBuilder {
        KetoClientBuilder::default()
    }

    /// A client configured by the environment alone, see [`crate::ENVIRONMENT_VARIABLES`].
    pub fn from_env() -> Result<Self, ConfigError> {
        KetoClientBuilder::from_env()?.build()
    }

    /// This client with connections of its own; all else is shared: how many calls may be in
    /// flight, the retry budget, and what was detected about the server.
    ///
    /// For servers whose threads have a runtime each, as actix-web's workers have: a connection is
    /// driven by the runtime that opened it, so that a call by another thread's connection waits
    /// for that thread as well. Make one of these in each worker.
    ///
    /// # Errors
    /// If the connections can't be set up.
    pub fn with_own_connections(&self) -> Result<Self, ConfigError> {
        let Inner { read, write, syntax, .. } = &*self.0;
        let mut connections = None;
        let mut anew = |endpoint: &Endpoint| {
            let connections: &mut Connections =
                connections.get_or_insert_with(|| endpoint.new_connections());
            endpoint.with_connections(connections)
        };
        let (read, syntax) = (read.try_map(&mut anew)?, syntax.try_map(&mut anew)?);
        let write = write.try_map(&mut anew)?;
        Ok(Self(Arc::new(Inner { read, write, syntax, ..Inner::clone(&self.0) })))
    }
}

/// The readers of responses, for the fuzzing targets.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use super::{api_version::DetectedVersion, batch, check, expand};
    use crate::{api::permissions::Decision, layer::batching::Batch, model::tree::SubjectTree};
    use ory_http::{Error, Response};

    pub(crate) fn decision(response: Response, v0_7: bool) -> Result<Decision, Error> {
        check::decision(
            response,
            if v0_7 { DetectedVersion::V0_7 } else { DetectedVersion::Current },
        )
    }

    pub(crate) fn decisions(response: Response) -> Result<Batch, Error> {
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
