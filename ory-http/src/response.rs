//! The response to a request.

use crate::{
    decode::DecodeError,
    error::{Error, ErrorKind},
    json_object::JsonObject,
    retry_after::retry_after,
    server_error::{Hint, ReasonVisibility, ServerError},
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{CONTENT_TYPE, LOCATION},
};
use serde::de::DeserializeOwned;
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// An HTTP response with its body read into memory, up to the body limit. Decoding it is up to the
/// operation: a status that is an error to one is a value to another.
pub struct Response {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) route: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) reasons: ReasonVisibility,
    pub(crate) hint: Hint,
}

impl Response {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The bytes of the body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Whether the body says of itself that it is JSON.
    pub fn is_json(&self) -> bool {
        let json = b"application/json";
        let value = self.headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        value.trim_ascii_start().split_at_checked(json.len()).is_some_and(|(kind, rest)| {
            kind.eq_ignore_ascii_case(json)
                && matches!(rest.trim_ascii_start().first(), None | Some(b';'))
        })
    }

    /// Reads a JSON body into a type.
    ///
    /// # Errors
    /// If the content type is not JSON, or the body does not fit; the error names the JSON path.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if !self.is_json() {
            let content_type = shortened(self.content_type());
            return Err(self.fail(ErrorKind::NotJson { status: self.status, content_type }));
        }
        DecodeError::from_slice(&self.body)
            .map_err(|error| self.fail(ErrorKind::Decode { status: self.status, source: error }))
    }

    /// [`Response::json`] for what must be an object, see [`JsonObject`].
    pub fn json_object<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.json::<JsonObject<T>>().map(|object| object.0)
    }

    /// The server's error envelope, where the body is one.
    pub fn server_error(&self) -> Option<ServerError> {
        self.is_json().then(|| ServerError::read(self.bare_error(), &self.body))?
    }

    /// This response if it has the expected status, and otherwise the error that it is.
    ///
    /// # Errors
    /// As [`Response::into_error`].
    pub fn expect(self, status: StatusCode) -> Result<Self, Error> {
        if self.status == status { Ok(self) } else { Err(self.into_error()) }
    }

    /// Whether the server has no such route: both servers say so in plain text, while a resource
    /// that does not exist is a 404 with an error envelope. A proxy in front may say the same for
    /// a moment, so that this proves nothing about the server's version.
    pub fn is_route_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
            && self.content_type().starts_with("text/plain")
            && self.body.starts_with(b"404 page not found")
    }

    /// This response as an error: what the server says went wrong.
    pub fn into_error(self) -> Error {
        if self.is_route_not_found() {
            let (method, route) = (self.method.clone(), self.route);
            return self.fail(ErrorKind::RouteNotFound { method, route });
        }
        let envelope = self.server_error();
        let is_redirect = self.status.is_redirection() && self.headers.contains_key(LOCATION);
        if is_redirect && envelope.is_none() {
            let (status, method, route) = (self.status, self.method.clone(), self.route);
            return self.fail(ErrorKind::Redirected { status, method, route });
        }
        let error = envelope.unwrap_or_else(|| self.bare_error());
        self.fail(ErrorKind::Server(Box::new(error.with_hint(self.hint))))
    }

    /// This response as a protocol error: a server of Ory does not respond so.
    pub fn unexpected(&self, problem: &'static str) -> Error {
        self.fail(ErrorKind::Unexpected { status: Some(self.status), problem })
    }

    /// Whether the status says that the same request may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.status.as_u16(), 429 | 502 | 503 | 504)
    }

    /// How long the server asks to wait before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after(self.status, &self.headers, SystemTime::now())
    }

    /// The error that this response is without an envelope, such as a proxy's page.
    fn bare_error(&self) -> ServerError {
        let error = ServerError::new(self.status).with_free_text(self.reasons);
        error.with_request_id(&self.headers).with_retry_after(&self.headers)
    }

    fn fail(&self, kind: ErrorKind) -> Error {
        Error::new(self.operation, kind)
    }

    fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Headers and body can hold cookies, tokens and traits.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn shortened(content_type: &str) -> String {
    let media_type = content_type.split(';').next().unwrap_or_default();
    if media_type.is_empty() {
        "of no stated type".into()
    } else {
        media_type.chars().filter(|c| !c.is_control()).take(60).collect()
    }
}
