//! [`KetoGrpcClient`]: the traits over gRPC.

mod batch;
pub(crate) mod builder;
mod check;
mod convert;
mod error;
mod expand;
mod metadata;
mod models;
mod proto;
mod relationships;

use crate::grpc::builder::KetoGrpcClientBuilder;
use crate::layer::batching::Batching;
use http::HeaderValue;
use ory_http::Limits;
use ory_http::{Error, ErrorKind};
use std::{
    future::Future,
    pin::pin,
    sync::{Arc, OnceLock},
    time::Instant,
};
use tonic::{
    Request, Response, Status,
    metadata::AsciiMetadataValue,
    transport::{Channel, Endpoint},
};

/// A client of one Keto over gRPC, which Keto speaks on the same ports as HTTP. It implements the
/// traits of [`crate::KetoClient`], so that an application changes its transport where it makes
/// its client. Cheap to clone: clones share connections and what was found out about the server.
///
/// Errors have the kinds that they have over HTTP; a server's error names its gRPC code, and
/// [`Error::status`] is the HTTP status that means the same. Keto v0.7 speaks another gRPC API:
/// calls to it are [`ErrorKind::Unsupported`].
///
/// The connections belong to the Tokio runtime of the first call.
#[derive(Clone, Debug)]
pub struct KetoGrpcClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    read: Server,
    write: Option<Server>,
    opl: Option<Server>,
    limits: Limits,
    authorization: Option<HeaderValue>,
    batching: Batching,
}

/// One API of Keto's, connected to with the first call.
#[derive(Debug)]
struct Server {
    endpoint: Endpoint,
    channel: OnceLock<Channel>,
}

impl Server {
    fn new(endpoint: Endpoint) -> Self {
        Self { endpoint, channel: OnceLock::new() }
    }

    fn channel(&self) -> Channel {
        self.channel.get_or_init(|| self.endpoint.connect_lazy()).clone()
    }
}

impl KetoGrpcClient {
    /// Starts the configuration of a client.
    pub fn builder() -> KetoGrpcClientBuilder {
        KetoGrpcClientBuilder::default()
    }

    /// A client configured by the environment alone, by the variables of
    /// [`crate::KetoClient::from_env`].
    pub fn from_env() -> Result<Self, crate::ConfigError> {
        KetoGrpcClientBuilder::from_env()?.build()
    }

    fn read(&self) -> Channel {
        self.0.read.channel()
    }

    fn write(&self, operation: &'static str) -> Result<Channel, Error> {
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: "write URL" });
        Ok(self.0.write.as_ref().ok_or_else(missing)?.channel())
    }

    fn opl(&self) -> Channel {
        self.0.opl.as_ref().unwrap_or(&self.0.read).channel()
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(value) = &self.0.authorization {
            // A bearer token is visible ASCII, which is a value of metadata.
            if let Ok(mut value) = AsciiMetadataValue::try_from(value.as_bytes()) {
                value.set_sensitive(true);
                request.metadata_mut().insert("authorization", value);
            }
        }
        request
    }

    /// Waits for an answer, within the time limit. Dropping the future ends the call.
    async fn answer<T>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<Response<T>, Status>> + Send,
    ) -> Result<T, Error> {
        let started = Instant::now();
        // Pinned where it is, so that it is not moved into the time limit.
        let call = pin!(call);
        let call = async {
            let kind = |status| error::kind(&status, self.0.limits.body_limit);
            let answer = call.await.map_err(|status| Error::new(operation, kind(status)));
            answer.map(Response::into_inner)
        };
        let result = ory_http::until(started + self.0.limits.timeout, operation, call).await;
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(_) => tracing::debug!(operation, elapsed_ms),
            Err(error) => tracing::debug!(operation, elapsed_ms, %error),
        }
        result
    }
}

/// A depth as gRPC has it: 0 is the server's own limit.
fn depth(depth: Option<u32>) -> i32 {
    depth.map_or(0, |depth| i32::try_from(depth).unwrap_or(i32::MAX))
}
