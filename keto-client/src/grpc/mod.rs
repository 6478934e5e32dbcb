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
mod transport;

use crate::{
    grpc::{builder::KetoGrpcClientBuilder, transport::GrpcEndpoint},
    layer::batching::Batching,
};
use ory_http::{ConfigError, Connections, Error, Optional};
use std::sync::Arc;

/// A client of one Keto over gRPC, which Keto speaks on the same ports as HTTP. It implements the
/// traits of [`crate::KetoClient`], so that an application changes its transport where it makes
/// its client. Cheap to clone: clones share connections and what was found out about the server.
///
/// Errors have the kinds that they have over HTTP; a server's error names its gRPC code, and
/// [`crate::Error::status`] is the HTTP status that means the same. Keto v0.7 speaks another gRPC API:
/// calls to it are [`crate::ErrorKind::Unsupported`].
///
/// The values are those of HTTP, too, but for two things that Keto's messages can't say: a check
/// without `allowed` is denied, as Protocol Buffers leave out what is false, where over HTTP it is an
/// error; and of the node types in a tree, Keto names `tuple_to_subject_set`, `computed_subject_set`
/// and `not` over HTTP only, and calls them `unspecified` here.
///
/// The connections belong to the Tokio runtime of the first call.
#[derive(Clone, Debug)]
pub struct KetoGrpcClient(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    read: Optional<GrpcEndpoint>,
    write: Optional<GrpcEndpoint>,
    syntax: Optional<GrpcEndpoint>,
    batching: Arc<Batching>,
}

impl KetoGrpcClient {
    /// Starts the configuration of a client.
    pub fn builder() -> KetoGrpcClientBuilder {
        KetoGrpcClientBuilder::default()
    }

    /// A client configured by the environment alone, by the variables of
    /// [`crate::KetoClient::from_env`].
    pub fn from_env() -> Result<Self, ConfigError> {
        KetoGrpcClientBuilder::from_env()?.build()
    }

    /// This client with connections of its own, as [`crate::KetoClient::with_own_connections`].
    ///
    /// # Errors
    /// If the connections can't be set up.
    pub fn with_own_connections(&self) -> Result<Self, ConfigError> {
        let Inner { read, write, syntax, .. } = &*self.0;
        let mut connections = None;
        let mut anew = |api: &GrpcEndpoint| {
            let connections: &mut Connections =
                connections.get_or_insert_with(|| api.endpoint().new_connections());
            api.endpoint().with_connections(connections).map(GrpcEndpoint::new)
        };
        let (read, syntax) = (read.try_map(&mut anew)?, syntax.try_map(&mut anew)?);
        let write = write.try_map(&mut anew)?;
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

/// A depth as gRPC has it: 0 is the server's own limit.
fn depth(depth: Option<u32>) -> i32 {
    depth.map_or(0, |depth| i32::try_from(depth).unwrap_or(i32::MAX))
}
