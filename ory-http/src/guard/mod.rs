//! What the guards of both clients share: the kind of caller that they answer, the refusal as an
//! HTTP response, and the adapters for web frameworks.
//!
//! A guard works on [`http::request::Parts`] and knows no framework. What it finds out is kept in
//! the extensions of the request, where other guards and extractors read it.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
mod axum;
mod caller;
mod extensions;
#[cfg(feature = "tower")]
mod grpc;
mod problem;
mod refused;
#[cfg(feature = "tower")]
mod tower;

pub use caller::Caller;
pub use extensions::{
    CurrentPrincipal, PathParameters, Principal, PrincipalUnavailable, ResponseHeaders,
};
#[cfg(feature = "tower")]
pub use grpc::{GrpcGuardService, GrpcLayer};
pub use problem::{Problem, preflight};
pub use refused::Refused;
#[cfg(feature = "tower")]
pub use tower::GuardService;

use http::request::Parts;
use std::{error::Error, iter::successors};

/// Decides whether a request may pass.
pub trait Guard: Clone + Send + Sync + 'static {
    /// Whether it can change the method, the URI and the headers of the request.
    const REWRITES_REQUEST: bool = false;

    /// Lets the request pass, or returns the response that it gets in place of the route's.
    fn check(&self, request: &mut Parts) -> impl Future<Output = Result<(), Refused>> + Send;
}

/// The parameters of the route that the router matched, percent-decoded. `None` if no router did, or
/// if it is not known to this crate and inserted no [`PathParameters`].
pub async fn path_parameters(request: &mut Parts) -> Option<PathParameters> {
    match request.extensions.get::<PathParameters>() {
        Some(parameters) => Some(parameters.clone()),
        #[cfg(feature = "axum")]
        None => axum::path_parameters(request).await,
        #[cfg(not(feature = "axum"))]
        None => None,
    }
}

/// Logs why a guard could not decide. The response does not tell.
pub fn log_unavailable(error: &dyn Error) {
    let mut causes = error.to_string();
    for source in successors(error.source(), |&error| error.source()).map(ToString::to_string) {
        // Some errors tell their source in their own text.
        if !causes.contains(&source) {
            causes.extend([": ", &source]);
        }
    }
    tracing::error!("a request could not be authorized: {causes}");
}

/// Logs why a permission is denied, for whoever develops the application.
pub fn log_denial(reason: &str) {
    tracing::info!("a permission is denied: {reason}");
}
