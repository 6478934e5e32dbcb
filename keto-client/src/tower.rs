//! Permissions in any service of tower that speaks `http`: the guards as layers.
//!
//! The body of its responses must be one that can be made from [`Bytes`](bytes::Bytes). A router that
//! is not axum's tells the parameters of the path by
//! [`PathParameters`](crate::guard::PathParameters) in the extensions of the request.

pub use crate::guard::{Authorization, PermissionGuard};

use ory_http::guard::{GrpcLayer, GuardService};
use tower_layer::Layer;

impl PermissionGuard {
    /// Makes a layer for gRPC services, such as those of tonic. It answers `PERMISSION_DENIED`,
    /// `UNAUTHENTICATED` if nobody is logged in, or `UNAVAILABLE` if Keto gave no decision.
    pub fn grpc(self) -> GrpcLayer<Self> {
        GrpcLayer(self)
    }
}

impl<S> Layer<S> for PermissionGuard {
    type Service = GuardService<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(inner, self.clone())
    }
}

impl<S> Layer<S> for Authorization {
    type Service = GuardService<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(inner, self.clone())
    }
}
