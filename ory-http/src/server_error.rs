//! The error envelope that Kratos and Keto share.

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

/// Whether the free text of a server's errors may be shown in `Display` and `Debug`.
///
/// Kratos quotes traits in its reasons (`"ann@…" is not valid "email"`), Keto quotes names of
/// namespaces and relations only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonVisibility {
    /// Show the reason.
    Shown,
    /// Keep the reason to [`ServerError::reason`].
    Hidden,
}

/// What to do about an error of a server, where the client knows it.
pub type Hint = fn(&ServerError) -> Option<&'static str>;

/// What a server said went wrong.
///
/// See <https://www.ory.com/docs/kratos/concepts/ui-user-interface> for the ids that Kratos uses.
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
    free_text: ReasonVisibility,
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
    /// What is no status is no envelope of Ory's.
    #[serde(rename = "code")]
    _code: Option<u16>,
}

impl ServerError {
    /// Reads the error envelope, if the body is one of Ory's: a JSON object whose `error` has a
    /// message and no code that could not be a status.
    ///
    /// The code need not be the HTTP status: Kratos answers a login by an unverified address with
    /// status 403 and `"code":400`, and a batch that is no JSON with status 400 and `"code":500`.
    /// The HTTP status is the one that counts. `bare` is the error without its envelope.
    pub(crate) fn read(bare: Self, body: &[u8]) -> Option<Self> {
        let text = str::from_utf8(body).ok()?;
        let JsonObject(envelope) = serde_json::from_str::<JsonObject<Envelope>>(text).ok()?;
        let JsonObject(Body { id, reason, message, details, .. }) = envelope.error;
        message.as_ref()?;
        let mut error = bare.with_details(details);
        error.id = id.filter(|id| is_word(id));
        error.reason = reason.or(message);
        error.redirect_browser_to = envelope.redirect_browser_to.or(error.redirect_browser_to);
        error.continue_with = envelope.continue_with.or(error.continue_with);
        Some(error)
    }

    /// An error of this status and nothing else: what a mock of a trait answers, or where another
    /// transport begins.
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
            free_text: ReasonVisibility::Hidden,
            hint: None,
        }
    }

    /// With Ory's id of the error.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into()).filter(|id| is_word(id));
        self
    }

    /// With further details, and with what they have of `redirect_browser_to` and
    /// `continue_with`.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        let redirect = details.get("redirect_browser_to").and_then(Value::as_str);
        self.redirect_browser_to = redirect.map(str::to_owned);
        self.continue_with = details.get("continue_with").cloned();
        self.details = details;
        self
    }

    /// With what the server says of the cause, and whether it may be shown.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>, free_text: ReasonVisibility) -> Self {
        self.reason = Some(reason.into()).filter(|reason| !reason.is_empty());
        self.free_text = free_text;
        self
    }

    /// The error of one item in an answer about many, which is the inside of an envelope.
    pub fn of_item(body: Value, free_text: ReasonVisibility) -> Self {
        let code = body.get("code").and_then(Value::as_u64);
        let status = code.and_then(|code| StatusCode::from_u16(code.try_into().ok()?).ok());
        let body = serde_json::from_value::<JsonObject<Body>>(body).map(|JsonObject(body)| body);
        let Body { id, reason, message, details, .. } = body.unwrap_or_default();
        Self {
            id: id.filter(|id| is_word(id)),
            reason: reason.or(message),
            free_text,
            ..Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)).with_details(details)
        }
    }

    /// With whether the free text may be shown.
    pub(crate) fn with_free_text(self, free_text: ReasonVisibility) -> Self {
        Self { free_text, ..self }
    }

    /// With what to do about it.
    #[must_use]
    pub fn with_hint(self, hint: Hint) -> Self {
        Self { hint: hint(&self), ..self }
    }

    /// With the id of the request that the headers of its response name.
    pub(crate) fn with_request_id(self, headers: &HeaderMap) -> Self {
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        Self { request_id: request_id.filter(|id| is_word(id)).map(str::to_owned), ..self }
    }

    /// What a server said over gRPC: the code by its name, the HTTP status that means the same,
    /// and its word on the cause.
    pub fn from_grpc(status: StatusCode, code: &'static str, reason: String) -> Self {
        let error = Self::new(status).with_reason(reason, ReasonVisibility::Shown);
        Self { grpc_code: Some(code), ..error }
    }

    /// This error of gRPC with the time for which the headers and trailers of its response ask to
    /// wait: by a proxy's `Retry-After` or by `grpc-retry-pushback-ms`, the longer of both.
    #[must_use]
    pub fn with_retry_after(self, metadata: &HeaderMap) -> Self {
        let header = retry_after(self.status, metadata, SystemTime::now());
        Self { retry_after: header.max(grpc_retry_pushback(metadata)), ..self }
    }

    /// The gRPC code by its name, such as `NOT_FOUND`, where the answer came over gRPC.
    pub fn grpc_code(&self) -> Option<&'static str> {
        self.grpc_code
    }

    /// The HTTP status. Over gRPC, the one that means the same as the code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Ory's id of the error, such as `session_aal2_required`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// What the server says of the cause. Kratos can quote traits here: show it to the person
    /// concerned, keep it out of logs.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Further details as the server sent them; `null` where there are none.
    pub fn details(&self) -> &Value {
        &self.details
    }

    /// Where the server wants the browser to go.
    pub fn redirect_browser_to(&self) -> Option<&str> {
        self.redirect_browser_to.as_deref()
    }

    /// What Kratos suggests to do next, such as to show a verification flow, as the JSON that it
    /// sent: `continue_with` at the top level of the response or in the details.
    pub fn continue_with_json(&self) -> Option<&Value> {
        self.continue_with.as_ref()
    }

    /// The id of the request in the server's logs.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How long the server asks to wait before the next try, at most a day. A server that asks over
    /// gRPC not to be tried again at all asks for a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// What to do about it, where the client knows.
    pub fn hint(&self) -> Option<&'static str> {
        self.hint
    }

    /// Whether there is no such resource. A proxy's 404 gives no reason, and proves nothing.
    pub fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND && self.reason.is_some()
    }

    /// Whether a resource of the same name, address or id exists already (status 409).
    pub fn is_conflict(&self) -> bool {
        self.status == StatusCode::CONFLICT
    }

    fn shown_reason(&self) -> Option<&str> {
        self.reason().filter(|_| self.free_text == ReasonVisibility::Shown)
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
            // One line, so that nothing can pass for a line of a log's own.
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

/// Ids are short words; anything else in their place is not shown.
fn is_word(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}
