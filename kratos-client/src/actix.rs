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

use ::actix_web::{
    Error, FromRequest, HttpRequest,
    body::MessageBody,
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform},
};
use ory_http::guard::{
    Refused,
    actix::{GuardMiddleware, parts},
};
use serde::de::DeserializeOwned;
use std::{
    future::{Ready, ready},
    pin::Pin,
};

macro_rules! middleware {
    ($guard:ty) => {
        impl<S, B> Transform<S, ServiceRequest> for $guard
        where
            S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
            B: MessageBody + 'static,
        {
            type Response = <GuardMiddleware<S, Self> as Service<ServiceRequest>>::Response;
            type Error = Error;
            type Transform = GuardMiddleware<S, Self>;
            type InitError = ();
            type Future = Ready<Result<Self::Transform, ()>>;

            fn new_transform(&self, inner: S) -> Self::Future {
                ready(Ok(GuardMiddleware::new(inner, self.clone())))
            }
        }
    };
}

middleware!(SessionGuard);
middleware!(crate::guard::ForwardAuth);
#[cfg(feature = "jwt")]
middleware!(crate::jwt::TokenGuard);

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
