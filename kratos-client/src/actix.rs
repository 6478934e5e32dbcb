//! Sessions in actix-web: the guard as a middleware, and extractors.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use kratos_client::{KratosClient, actix::{ActiveIdentity, SessionGuard}};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let kratos = KratosClient::from_env()?;
//! let sessions = SessionGuard::new(kratos, "http://127.0.0.1:4455/login", "http://127.0.0.1:3000")?;
//! let page = |who: ActiveIdentity| async move { format!("hello, {}", who.id) };
//! HttpServer::new(move || App::new().wrap(sessions.clone()).route("/", web::get().to(page)))
//!     .bind("127.0.0.1:3000")?
//!     .run()
//!     .await?;
//! # Ok(())
//! # }
//! ```

pub use crate::guard::{
    ActiveIdentity, ActiveSession, OptionalSession, RequestSource, SessionGuard,
};

use ::actix_web::{FromRequest, HttpRequest, dev::Payload};
use ory_http::{
    actix_middleware,
    guard::{Refused, actix::parts},
};
use serde::de::DeserializeOwned;
use std::{
    future::{Ready, ready},
    pin::Pin,
};

actix_middleware!(SessionGuard);
actix_middleware!(crate::guard::ForwardAuth);
#[cfg(feature = "jwt")]
actix_middleware!(crate::jwt::TokenGuard);

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Refused>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for ActiveSession<T> {
    type Error = Refused;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = parts(request);
        Box::pin(async move { Self::from_parts(&*parts?).await })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for OptionalSession<T> {
    type Error = Refused;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = parts(request);
        Box::pin(async move { Self::from_parts(&*parts?).await })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for ActiveIdentity<T> {
    type Error = Refused;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parts = parts(request);
        Box::pin(async move { Self::from_parts(&*parts?).await })
    }
}

impl FromRequest for RequestSource {
    type Error = Refused;
    type Future = Ready<Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parts(request).and_then(|parts| Self::from_parts(&parts)))
    }
}

#[cfg(feature = "jwt")]
impl<T: DeserializeOwned + 'static> FromRequest for crate::jwt::VerifiedClaims<T> {
    type Error = Refused;
    type Future = Ready<Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parts(request).and_then(|parts| Self::from_parts(&parts)))
    }
}
