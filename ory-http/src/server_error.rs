//! The errors that Kratos and Keto return.

use crate::{
    json_object::JsonObject,
    retry_after::{grpc_retry_pushback, retry_after},
};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use std::{
    fmt,
    time::{Duration, SystemTime},
};

/// Whether the `Display` and `Debug` output of a [`ServerError`] contains its reason.
///
/// Kratos quotes identity traits in reasons (`"ann@…" is not valid "email"`). Keto quotes only
/// names of namespaces and relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonVisibility {
    /// `Display` and `Debug` contain the reason.
    Shown,
    /// Only [`ServerError::reason`] returns the reason.
    Hidden,
}

/// Returns what to do about an error of the server, if the client knows it.
pub type Hint = fn(&ServerError) -> Option<&'static str>;

/// An error that the server returned.
///
/// See <https://www.ory.com/docs/kratos/concepts/ui-user-interface> for the error ids of Kratos.
#[derive(Clone)]
pub struct ServerError {
    status: StatusCode,
    grpc_code: Option<&'static str>,
    id: Option<String>,
    reason: Option<String>,
    details: Value,
    redirect_browser_to: Option<String>,
    continue_with: Option<Value>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    reason_visibility: ReasonVisibility,
    hint: Option<&'static str>,
}

#[derive(Deserialize)]
struct Envelope {
    error: JsonObject<Body>,
    redirect_browser_to: Option<String>,
    continue_with: Option<Value>,
}

#[derive(Default, Deserialize)]
struct Body {
    id: Option<String>,
    reason: Option<String>,
    message: Option<String>,
    #[serde(default)]
    details: Value,
    /// Present only to reject an envelope whose code is not a number.
    #[serde(rename = "code")]
    _code: Option<u16>,
}

impl ServerError {
    /// Reads the error envelope of a body: a JSON object whose `error` has a message and, if any, a
    /// numeric code. `bare` is the error without the envelope.
    ///
    /// The code can differ from the HTTP status, and is ignored: Kratos answers a login with an
    /// unverified address with status 403 and `"code":400`, and an invalid batch with status 400
    /// and `"code":500`.
    pub(crate) fn read(bare: Self, body: &[u8]) -> Option<Self> {
        let text = str::from_utf8(body).ok()?;
        let JsonObject(envelope) = serde_json::from_str::<JsonObject<Envelope>>(text).ok()?;
        let JsonObject(Body { id, reason, message, details, .. }) = envelope.error;
        message.as_ref()?;
        let mut error = bare.with_details(details);
        error.id = id.filter(|id| is_identifier(id));
        error.reason = reason.or(message);
        error.redirect_browser_to = envelope.redirect_browser_to.or(error.redirect_browser_to);
        error.continue_with = envelope.continue_with.or(error.continue_with);
        Some(error)
    }

    /// Creates an error with an HTTP status, such as for a mock.
    ///
    /// ```
    /// use http::StatusCode;
    /// use ory_http::{Error, ErrorKind, ServerError};
    ///
    /// let gone = ServerError::new(StatusCode::GONE).with_id("self_service_flow_expired");
    /// let error = Error::new("get login flow", ErrorKind::Server(Box::new(gone)));
    /// assert_eq!(error.status(), Some(StatusCode::GONE));
    /// ```
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            grpc_code: None,
            id: None,
            reason: None,
            details: Value::Null,
            redirect_browser_to: None,
            continue_with: None,
            request_id: None,
            retry_after: None,
            reason_visibility: ReasonVisibility::Hidden,
            hint: None,
        }
    }

    /// Sets the error id. Text that is not an id of Ory's is ignored.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into()).filter(|id| is_identifier(id));
        self
    }

    /// Sets the details, and with them the fields `redirect_browser_to` and `continue_with`.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        let redirect = details.get("redirect_browser_to").and_then(Value::as_str);
        self.redirect_browser_to = redirect.map(str::to_owned);
        self.continue_with = details.get("continue_with").cloned();
        self.details = details;
        self
    }

    /// Sets the reason, and whether `Display` and `Debug` contain it.
    #[must_use]
    pub fn with_reason(
        mut self,
        reason: impl Into<String>,
        reason_visibility: ReasonVisibility,
    ) -> Self {
        self.reason = Some(reason.into()).filter(|reason| !reason.is_empty());
        self.reason_visibility = reason_visibility;
        self
    }

    /// Creates the error of one item in the response to a batch.
    pub fn from_batch_item(body: Value, reason_visibility: ReasonVisibility) -> Self {
        let code = body.get("code").and_then(Value::as_u64);
        let status = code.and_then(|code| StatusCode::from_u16(code.try_into().ok()?).ok());
        let body = serde_json::from_value::<JsonObject<Body>>(body).map(|JsonObject(body)| body);
        let Body { id, reason, message, details, .. } = body.unwrap_or_default();
        Self {
            id: id.filter(|id| is_identifier(id)),
            reason: reason.or(message),
            reason_visibility,
            ..Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)).with_details(details)
        }
    }

    /// Sets whether `Display` and `Debug` contain the reason.
    pub(crate) fn with_reason_visibility(self, reason_visibility: ReasonVisibility) -> Self {
        Self { reason_visibility, ..self }
    }

    /// Sets the hint about what to do.
    #[must_use]
    pub fn with_hint(self, hint: Hint) -> Self {
        Self { hint: hint(&self), ..self }
    }

    /// Sets the request id from the headers of the response.
    pub(crate) fn with_request_id(self, headers: &HeaderMap) -> Self {
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        Self { request_id: request_id.filter(|id| is_identifier(id)).map(str::to_owned), ..self }
    }

    /// Creates an error from a gRPC status: the name of the code, the corresponding HTTP status, and
    /// the reason.
    pub fn from_grpc(status: StatusCode, code: &'static str, reason: String) -> Self {
        let error = Self::new(status).with_reason(reason, ReasonVisibility::Shown);
        Self { grpc_code: Some(code), ..error }
    }

    /// Sets the delay that the headers and trailers of a gRPC response ask for: the longer one of
    /// `Retry-After`, which a proxy can send, and `grpc-retry-pushback-ms`.
    #[must_use]
    pub fn with_retry_after(self, metadata: &HeaderMap) -> Self {
        let header = retry_after(self.status, metadata, SystemTime::now());
        Self { retry_after: header.max(grpc_retry_pushback(metadata)), ..self }
    }

    /// The name of the gRPC status code, such as `NOT_FOUND`, or `None` over HTTP.
    pub fn grpc_code(&self) -> Option<&'static str> {
        self.grpc_code
    }

    /// The HTTP status. Over gRPC, it is the one that corresponds to the status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The error id of Ory, such as `session_aal2_required`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The reason that the server gives. Kratos can quote identity traits in it: show it to the user
    /// concerned only, and do not log it.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The details that the server sent, or `null`.
    pub fn details(&self) -> &Value {
        &self.details
    }

    /// The URL to which the server asks to redirect the browser.
    pub fn redirect_browser_to(&self) -> Option<&str> {
        self.redirect_browser_to.as_deref()
    }

    /// The `continue_with` field of the response or of its details: the next steps that Kratos
    /// suggests, such as a verification flow.
    pub fn continue_with_json(&self) -> Option<&Value> {
        self.continue_with.as_ref()
    }

    /// The id of the request in the logs of the server.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The delay before the next attempt that the server asks for, at most 24 hours. If the server asks
    /// over gRPC for no retry at all, it is 24 hours.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// A hint about what to do, if the client knows it.
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    /// Whether the resource does not exist (status 404 with a reason). The 404 of a proxy has no reason.
    pub fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && self.reason.is_some()
    }

    /// Whether the resource already exists, or its name, address or id is taken (status 409).
    pub fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT
    }

    fn shown_reason(&self) -> Option<&str> {
        self.reason().filter(|_| self.reason_visibility == ReasonVisibility::Shown)
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.grpc_code {
            Some(code) => write!(f, "the server answered {code}")?,
            None => write!(f, "the server answered {}", self.status)?,
        }
        if let Some(id) = self.id() {
            write!(f, ", {id}")?;
        }
        if let Some(reason) = self.shown_reason() {
            // On one line, to prevent log injection.
            write!(f, ": {}", reason.replace(|c: char| c.is_control(), " "))?;
        }
        if let Some(request_id) = self.request_id() {
            write!(f, " (request {request_id})")?;
        }
        if let Some(hint) = self.hint {
            write!(f, " (hint: {hint})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerError")
            .field("status", &self.status)
            .field("grpc_code", &self.grpc_code)
            .field("id", &self.id)
            .field("reason", &self.shown_reason())
            .field("request_id", &self.request_id)
            .field("retry_after", &self.retry_after)
            .field("hint", &self.hint)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ServerError {}

/// Whether a text is short and contains only characters of ids, so that it is safe to log.
fn is_identifier(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}
