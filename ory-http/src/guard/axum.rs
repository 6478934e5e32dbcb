//! What guards need of axum.

use super::{extensions::PathParameters, refused::Refused};
use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams},
    response::{IntoResponse, Response},
};
use http::request::Parts;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        Self::into_response(self).map(Body::from)
    }
}

/// The parameters of the route, if axum matched one.
pub(super) async fn path_parameters(request: &mut Parts) -> Option<PathParameters> {
    let parameters = RawPathParams::from_request_parts(request, &()).await.ok()?;
    let owned = parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Some(PathParameters(owned.collect()))
}
