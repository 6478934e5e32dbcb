//! What only the fuzzing targets need. No part of the public API.

use crate::{response::Response, server_error::ReasonVisibility};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

/// A response as if it had come over the network.
pub fn answer(
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
    free_text: ReasonVisibility,
) -> Response {
    let body = Bytes::copy_from_slice(body);
    let (operation, method, route) = ("fuzz", Method::GET, "/");
    let hint = |_: &_| None;
    Response { operation, method, route, status, headers, body, reasons: free_text, hint }
}
