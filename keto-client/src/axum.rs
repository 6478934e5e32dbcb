//! Permissions in axum: the guards as layers, and extractors.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use keto_client::{KetoClient, axum::Authorization};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let readers = Authorization::new(KetoClient::from_env()?).require("Document:{id}#view")?;
//! let app: Router = Router::new()
//!     .route("/documents/{id}", get(|| async { "the document" }))
//!     .route_layer(readers);
//! // A layer that tells who is logged in is around it, such as that of `kratos-client`.
//! # Ok(())
//! # }
//! ```

pub use crate::guard::{Authorization, Can, PermissionGuard, Permit, RequiredPermission};

use ::axum::extract::FromRequestParts;
use http::request::Parts;
use ory_http::guard::Refused;

impl<S: Send + Sync> FromRequestParts<S> for Can {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request)
    }
}

impl<P: RequiredPermission, S: Send + Sync> FromRequestParts<S> for Permit<P> {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request).await
    }
}
