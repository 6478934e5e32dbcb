//! Sessions in axum: the guard as a layer, and extractors.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use kratos_client::{KratosClient, axum::{ActiveIdentity, SessionGuard}};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let kratos = KratosClient::from_env()?;
//! let sessions = SessionGuard::new(kratos, "http://127.0.0.1:4455/login", "http://127.0.0.1:3000")?;
//! let app: Router = Router::new()
//!     .route("/", get(|who: ActiveIdentity| async move { format!("hello, {}", who.id) }))
//!     .layer(sessions);
//! # Ok(())
//! # }
//! ```

pub use crate::guard::{
    ActiveIdentity, ActiveSession, OptionalSession, RequestSource, SessionGuard,
};

use crate::guard::ForwardAuth;
use ::axum::{
    Router,
    extract::{FromRequestParts, OptionalFromRequestParts},
};
use http::request::Parts;
use ory_http::guard::Refused;
use serde::de::DeserializeOwned;
use tower_layer::Layer;

impl ForwardAuth {
    /// Makes an application that routes each request by the method and the path that the proxy names.
    ///
    /// ```
    /// use axum::{Router, http::HeaderMap, routing::any};
    /// use kratos_client::{
    ///     axum::{ActiveSession, SessionGuard},
    ///     guard::{ForwardAuth, SignedIn, identity_headers},
    /// };
    ///
    /// async fn allowed(session: ActiveSession) -> HeaderMap {
    ///     identity_headers(&session)
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let kratos = SignedIn::as_identity("ann");
    /// let sessions = SessionGuard::new(kratos, "http://127.0.0.1:4455/login", "http://127.0.0.1:8080")?;
    /// let routes = Router::new().route("/documents/{id}", any(allowed)).layer(sessions);
    /// let app = ForwardAuth::nginx().routes(routes);
    /// # Ok(())
    /// # }
    /// ```
    pub fn routes(self, routes: Router) -> Router {
        Router::new().fallback_service(self.layer(routes))
    }
}

impl<T: DeserializeOwned + 'static, S: Send + Sync> FromRequestParts<S> for ActiveSession<T> {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request).await
    }
}

impl<T: DeserializeOwned + 'static, S: Send + Sync> OptionalFromRequestParts<S>
    for ActiveSession<T>
{
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Option<Self>, Refused> {
        OptionalSession::from_parts(request).await.map(|session| session.0.map(Self))
    }
}

impl<T: DeserializeOwned + 'static, S: Send + Sync> FromRequestParts<S> for OptionalSession<T> {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request).await
    }
}

impl<T: DeserializeOwned + 'static, S: Send + Sync> FromRequestParts<S> for ActiveIdentity<T> {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestSource {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request)
    }
}

#[cfg(feature = "jwt")]
impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for crate::jwt::VerifiedClaims<T> {
    type Rejection = Refused;

    async fn from_request_parts(request: &mut Parts, _: &S) -> Result<Self, Refused> {
        Self::from_parts(request)
    }
}
