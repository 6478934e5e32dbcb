//! What only the fuzzing targets need. No part of the public API.

use crate::{ReasonVisibility, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// An answer as if it had come over the network.
pub fn answer(
    status: StatusCode,
    headers: HeaderMap,
    body: &[u8],
    free_text: ReasonVisibility,
) -> Response {
    let body = Bytes::copy_from_slice(body);
    Response { operation: "fuzz", status, headers, body, free_text }
}
