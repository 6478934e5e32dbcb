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

use crate::http::{api_version::Known, builder::KetoClientBuilder};
use crate::layer::batching::Batching;
use async_trait::async_trait;
use ory_http::{BaseUrl, Detected, MetadataClient, Transport};
use ory_http::{Error, ErrorKind, Metadata};
use std::sync::Arc;
use url::Url;

/// A client of one Keto. Cheap to clone: clones share connections and what was found out about
/// the server.
#[derive(Clone, Debug)]
pub struct KetoClient(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    transport: Transport,
    read: BaseUrl,
    /// Where today's Keto is asked, put together once.
    check: Url,
    write: Option<BaseUrl>,
    opl: BaseUrl,
    dialect: Detected<Known>,
    batching: Arc<Batching>,
}

impl KetoClient {
    /// Starts the configuration of a client.
    pub fn builder() -> KetoClientBuilder {
        KetoClientBuilder::default()
    }

    /// A client configured by the environment alone, see [`crate::SETTINGS`].
    pub fn from_env() -> Result<Self, crate::ConfigError> {
        KetoClientBuilder::from_env()?.build()
    }

    /// This client with connections of its own; all else is shared: how many calls may be in
    /// flight, the retry budget, and what was found out about the server.
    ///
    /// For servers whose threads have a runtime each, as actix-web's workers have: a connection is
    /// driven by the runtime that opened it, so that a call by another thread's connection waits
    /// for that thread as well. Make one of these in each worker.
    pub fn with_own_connections(&self) -> Result<Self, crate::ConfigError> {
        let transport = self.0.transport.with_own_connections()?;
        Ok(Self(Arc::new(Inner { transport, ..Inner::clone(&self.0) })))
    }

    fn metadata(&self) -> MetadataClient {
        MetadataClient::new(
            self.0.transport.clone(),
            self.0.read.clone(),
            Some(self.0.read.clone()),
        )
    }

    fn write_url(&self, operation: &'static str) -> Result<&BaseUrl, Error> {
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: "write URL" });
        self.0.write.as_ref().ok_or_else(missing)
    }
}

/// The readers of answers, for the fuzzing targets.
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing {
    use super::{batch, check, expand};
    use crate::http::api_version::Known;
    use crate::{api::permissions::Decision, layer::batching::Batch, model::tree::SubjectTree};
    use ory_http::Error;
    use ory_http::Response;

    pub(crate) fn decision(answer: Response, v0_7: bool) -> Result<Decision, Error> {
        check::decision(answer, if v0_7 { Known::V0_7 } else { Known::Current })
    }

    pub(crate) fn decisions(answer: Response) -> Result<Batch, Error> {
        batch::decisions(answer)
    }

    pub(crate) fn tree(answer: Response) -> Result<Option<SubjectTree>, Error> {
        expand::tree(answer)
    }
}

/// Adds how deep the server may follow subject sets.
fn append_depth(url: &mut Url, depth: Option<u32>) {
    if let Some(depth) = depth {
        url.query_pairs_mut().append_pair("max-depth", &depth.to_string());
    }
}

/// The health and version of the read API.
#[async_trait]
impl Metadata for KetoClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.metadata().is_alive().await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.metadata().is_ready().await
    }

    async fn version(&self) -> Result<String, Error> {
        self.metadata().version().await
    }
}
