//! A call's answer, whole and unread.

use crate::{DecodeError, Error, ErrorKind, JsonObject, ReasonVisibility, ServerError};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde::de::DeserializeOwned;
use std::{fmt, time::Duration};

/// What a server answered. Reading it is up to the operation: a status that is an error to one
/// is a value to another.
pub struct Response {
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) free_text: ReasonVisibility,
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
        ServerError::read(self)
    }

    /// Whether the server has no such route: both servers say so in plain text, while a thing
    /// that is not there is a 404 with an error envelope.
    pub fn is_no_route(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
            && self.content_type().starts_with("text/plain")
            && self.body.starts_with(b"404 page not found")
    }

    /// This answer as an error: what the server said went wrong.
    pub fn into_error(self) -> Error {
        if self.is_no_route() {
            return self.fail(ErrorKind::Unsupported { problem: "it has no such route" });
        }
        let error = self.server_error().unwrap_or_else(|| ServerError::bare(&self));
        self.fail(ErrorKind::Server(Box::new(error)))
    }

    /// This answer as an error of protocol: a server of Ory does not answer so.
    pub fn unexpected(&self, problem: &'static str) -> Error {
        self.fail(ErrorKind::Unexpected { status: Some(self.status), problem })
    }

    /// Whether the server says that it can't answer now, and may later.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.status.as_u16(), 429 | 502 | 503 | 504)
    }

    /// How long the server asks to wait before the next try.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds: u64 = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds).min(LONGEST))
    }

    fn fail(&self, kind: ErrorKind) -> Error {
        Error::new(self.operation, kind)
    }

    fn content_type(&self) -> &str {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The longest time that is waited for or limited by; more would be a mistake, and could not be
/// reckoned with.
pub(crate) const LONGEST: Duration = Duration::from_hours(24);

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
