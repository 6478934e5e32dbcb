//! Entry points for the fuzz targets. Not part of the public API.

use crate::{response::Response, server_error::ReasonVisibility};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// Creates a response without a network.
pub fn response(
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
    reason_visibility: ReasonVisibility,
) -> Response {
    let body = Bytes::copy_from_slice(body);
    let (operation, method, route) = ("fuzz", Method::GET, "/");
    let hint = |_: &_| None;
    Response { operation, method, route, status, headers, body, reason_visibility, hint }
}
