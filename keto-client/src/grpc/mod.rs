//! The gRPC client.

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
mod transport;

use crate::{
    grpc::{builder::KetoGrpcClientBuilder, transport::GrpcEndpoint},
    layer::batching::BatchState,
};
use ory_http::{ConfigError, Connections, Error, Optional};
use std::sync::Arc;

/// A client for Ory Keto over gRPC, which Keto serves on the same ports as HTTP.
///
/// It implements the same traits as [`crate::KetoClient`]. It is cheap to clone: clones share
/// connections and detected properties of the server.
///
/// Errors have the same kinds as over HTTP. [`crate::Error::status`] is the HTTP status that
/// corresponds to the gRPC status code. Keto v0.7 has another gRPC API, and its calls return
/// [`crate::ErrorKind::Unsupported`].
///
/// Two results differ from those over HTTP: a response without `allowed` is a denial, because Protocol
/// Buffers omit `false`, and the node types `tuple_to_subject_set`, `computed_subject_set` and `not`
/// are `unspecified`, because Keto sends them over HTTP only.
///
/// The connections belong to the Tokio runtime of the first call.
#[derive(Clone, Debug)]
pub struct KetoGrpcClient(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    read: Optional<GrpcEndpoint>,
    write: Optional<GrpcEndpoint>,
    syntax: Optional<GrpcEndpoint>,
    batching: Arc<BatchState>,
}

impl KetoGrpcClient {
    /// Creates a builder.
    pub fn builder() -> KetoGrpcClientBuilder {
        KetoGrpcClientBuilder::default()
    }

    /// Creates a client from the environment variables in [`crate::ENVIRONMENT_VARIABLES`], except for
    /// the API version.
    ///
    /// # Errors
    /// Returns the name of a missing or invalid variable, and the problem.
    pub fn from_env() -> Result<Self, ConfigError> {
        KetoGrpcClientBuilder::from_env()?.build()
    }

    /// Returns this client with separate connections, as
    /// [`crate::KetoClient::with_own_connections`].
    ///
    /// # Errors
    /// Returns an error if the connections can't be set up.
    pub fn with_own_connections(&self) -> Result<Self, ConfigError> {
        let Inner { read, write, syntax, .. } = &*self.0;
        let mut connections = None;
        let mut reconnect = |api: &GrpcEndpoint| {
            let connections: &mut Connections =
                connections.get_or_insert_with(|| api.endpoint().new_connections());
            api.endpoint().with_connections(connections).map(GrpcEndpoint::new)
        };
        let (read, syntax) = (read.try_map(&mut reconnect)?, syntax.try_map(&mut reconnect)?);
        let write = write.try_map(&mut reconnect)?;
        Ok(Self(Arc::new(Inner { read, write, syntax, batching: self.0.batching.clone() })))
    }
}

impl KetoGrpcClient {
    fn read(&self, operation: &'static str) -> Result<&GrpcEndpoint, Error> {
        self.0.read.get(operation)
    }

    fn read_or_write(&self, operation: &'static str) -> Result<&GrpcEndpoint, Error> {
        self.0.read.or(&self.0.write).get(operation)
    }
}

/// Converts a maximum depth. Over gRPC, 0 is the limit of the server.
fn proto_depth(depth: Option<u32>) -> i32 {
    depth.map_or(0, |depth| i32::try_from(depth).unwrap_or(i32::MAX))
}
