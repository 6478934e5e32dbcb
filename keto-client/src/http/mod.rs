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
use ory_http::{ConfigError, Detected, Endpoint, Error, Metadata, Request};
use std::{fmt, sync::Arc};

/// A client of one Keto. Cheap to clone: clones share connections and what was detected about the
/// server.
#[derive(Clone, Debug)]
pub struct KetoClient(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    read: Endpoint,
    write: Option<Endpoint>,
    syntax: Endpoint,
    /// A check of today's Keto, but for its tuple.
    check: Request,
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
        let mut connections = read.new_connections();
        let mut anew = |endpoint: &Endpoint| endpoint.with_connections(&mut connections);
        let (read, syntax) = (anew(read)?, anew(syntax)?);
        let write = write.as_ref().map(anew).transpose()?;
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

/// The health and version of the read API.
#[async_trait]
impl Metadata for KetoClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        ory_http::is_alive(&self.0.read).await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        ory_http::is_ready(&self.0.read).await
    }

    async fn version(&self) -> Result<String, Error> {
        ory_http::version(&self.0.read).await
    }
}
