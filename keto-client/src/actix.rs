//! Permissions in actix-web: the guards as middleware, and extractors.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use keto_client::{KetoClient, actix::Authorization};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let readers = Authorization::new(KetoClient::from_env()?).require("Document:{id}#view")?;
//! HttpServer::new(move || {
//!     let document = web::get().to(|| async { "the document" });
//!     App::new().service(web::resource("/documents/{id}").wrap(readers.clone()).route(document))
//!     // A middleware that tells who is logged in is around it, such as that of `kratos-client`.
//! })
//! .bind("127.0.0.1:3000")?
//! .run()
//! .await?;
//! # Ok(())
//! # }
//! ```

pub use crate::guard::{Authorization, Can, PermissionGuard, Permit, RequiredPermission};

use ::actix_web::{FromRequest, HttpRequest, dev::Payload};
use ory_http::{
    actix_middleware,
    guard::{
        Refused,
        actix::{parts, parts_of_route},
    },
};
use std::{
    future::{Ready, ready},
    pin::Pin,
};

actix_middleware!(PermissionGuard);
actix_middleware!(Authorization);

impl FromRequest for Can {
    type Error = Refused;
    type Future = Ready<Result<Self, Refused>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parts(request).and_then(|parts| Self::from_parts(&parts)))
    }
}

impl<P: RequiredPermission> FromRequest for Permit<P> {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::from_parts(&mut parts_of_route(&request).await?).await })
    }
}
