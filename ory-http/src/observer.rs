//! What an application can observe of its calls: spans and numbers.

use crate::{
    error::{Error, ErrorKind},
    service::HttpServiceErrorKind,
};
use http::{HeaderMap, Method, StatusCode};
use std::{fmt, time::Duration};
use tracing::{Span, field::Empty};
use url::Url;

/// Receives the numbers of calls and adds trace context to requests, for metrics and distributed
/// tracing. [`HttpConfig::observer`](crate::HttpConfig::observer) sets it.
///
/// All methods do nothing by default. They are called on the path of the call, so they must be fast and
/// must not block. No argument contains a subject, a credential, a trait or a query string.
///
/// ```
/// use ory_http::{CallSummary, HttpConfig, Observer};
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
///
/// #[derive(Debug, Default)]
/// struct Retries(AtomicU64);
///
/// impl Observer for Retries {
///     fn call_ended(&self, call: &CallSummary) {
///         self.0.fetch_add(u64::from(call.attempts.saturating_sub(1)), Ordering::Relaxed);
///     }
/// }
///
/// let config = HttpConfig::default().observer(Arc::new(Retries::default()));
/// ```
pub trait Observer: fmt::Debug + Send + Sync {
    /// A call ended, with or without a response. A call that the caller drops does not end.
    fn call_ended(&self, call: &CallSummary) {
        let _ = call;
    }

    /// A response decided: a check is `allowed` or `denied`; a session is `active`, `inactive`,
    /// `no_session` or `second_factor_required`.
    fn decided(&self, operation: &'static str, decision: &'static str) {
        let _ = (operation, decision);
    }

    /// A cache was asked for a value, and had it or not.
    fn cache_looked_up(&self, operation: &'static str, hit: bool) {
        let _ = (operation, hit);
    }

    /// Adds the trace context of the current span to the headers of a request, such as `traceparent`.
    /// Reserved headers, such as `cookie` and `authorization`, are ignored.
    fn add_trace_context(&self, headers: &mut HeaderMap) {
        let _ = headers;
    }
}

/// The numbers of a call that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallSummary {
    /// The operation, such as `check` or `whoami`.
    pub operation: &'static str,
    /// The number of attempts: 1, and one more for each retry. It is 0 if the deadline passed before
    /// the first attempt.
    pub attempts: u32,
    /// The duration, including retries and waiting for a permit.
    pub duration: Duration,
    /// The status of the last response. It is `None` if there was no response, and over gRPC.
    pub status: Option<StatusCode>,
    /// The type of the error as in OpenTelemetry's `error.type`: `connect`, `timeout`, `transport` or
    /// `body_too_large`, or the status of a response from 500, 429 or a gRPC error. All other
    /// responses have a meaning, such as a missing session (401), and are not errors of the call.
    pub error_type: Option<&'static str>,
}

/// Returns OpenTelemetry's `error.type` of a call.
pub(crate) fn error_type<T>(
    result: &Result<T, Error>,
    status: Option<StatusCode>,
) -> Option<&'static str> {
    match result {
        Ok(_) => status.and_then(error_type_of_status),
        Err(error) => match error.kind() {
            ErrorKind::Connect(_) => Some(HttpServiceErrorKind::Connect.error_type()),
            ErrorKind::Timeout(_) => Some(HttpServiceErrorKind::Timeout.error_type()),
            ErrorKind::Transport(_) => Some(HttpServiceErrorKind::Interrupted.error_type()),
            ErrorKind::BodyTooLarge { .. } => Some(HttpServiceErrorKind::BodyTooLarge.error_type()),
            _ => error.status().and_then(error_type_of_status),
        },
    }
}

/// Returns the `error.type` of a response, or `None` if the response has a meaning for the client.
pub(crate) fn error_type_of_status(status: StatusCode) -> Option<&'static str> {
    match status.as_u16() {
        429 => Some("429"),
        500 => Some("500"),
        502 => Some("502"),
        503 => Some("503"),
        504 => Some("504"),
        code if code >= 500 => Some("_OTHER"),
        _ => None,
    }
}

impl HttpServiceErrorKind {
    pub(crate) fn error_type(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Interrupted => "transport",
            Self::BodyTooLarge => "body_too_large",
        }
    }
}

/// The span of a call, the parent of those of its attempts.
pub(crate) fn call_span(operation: &'static str) -> Span {
    tracing::info_span!(
        "call",
        "otel.name" = operation,
        "otel.kind" = "internal",
        "otel.status_code" = Empty,
        "error.type" = Empty,
    )
}

/// The span of an attempt, with the names of OpenTelemetry's HTTP client spans.
pub(crate) fn attempt_span(method: &Method, route: &str, url: &Url, resends: u32) -> Span {
    let span = tracing::info_span!(
        "attempt",
        "otel.name" = format!("{method} {route}"),
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "http.request.method" = method.as_str(),
        "http.request.resend_count" = Empty,
        "http.response.status_code" = Empty,
        "server.address" = url.host_str(),
        "server.port" = url.port_or_known_default(),
        "url.template" = route,
        "error.type" = Empty,
    );
    if resends > 0 {
        span.record("http.request.resend_count", resends);
    }
    span
}

/// Records how a call or an attempt ended.
pub(crate) fn record_end(span: &Span, error_type: Option<&str>) {
    if let Some(error_type) = error_type {
        span.record("error.type", error_type).record("otel.status_code", "ERROR");
    }
}
