//! Sessions in any service of tower that speaks `http`: the guard as a layer.
//!
//! The body of its responses must be one that can be made from [`Bytes`](bytes::Bytes). A service
//! reads the session by [`ActiveSession::from_parts`](crate::guard::ActiveSession::from_parts).

pub use crate::guard::SessionGuard;

use crate::guard::ForwardAuth;
use ory_http::guard::{GrpcLayer, GuardService};
use tower_layer::Layer;

impl SessionGuard {
    /// Makes a layer for gRPC services, such as those of tonic. It reads the session token from the
    /// metadata `x-session-token` or `authorization`, and answers `UNAUTHENTICATED`,
    /// `PERMISSION_DENIED`, or `UNAVAILABLE` if Kratos gave no valid response.
    pub fn grpc(self) -> GrpcLayer<Self> {
        GrpcLayer(self)
    }
}

impl<S> Layer<S> for ForwardAuth {
    type Service = GuardService<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(inner, self.clone())
    }
}

impl<S> Layer<S> for SessionGuard {
    type Service = GuardService<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(inner, self.clone())
    }
}

#[cfg(feature = "jwt")]
impl<S> Layer<S> for crate::jwt::TokenGuard {
    type Service = GuardService<S, Self>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService::new(inner, self.clone())
    }
}
