//! The error type of all operations.

use crate::{decode::DecodeError, server_error::ServerError};
use http::{Method, StatusCode};
use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

/// The error of an operation: the name of the operation and an [`ErrorKind`].
///
/// `Display` and `Debug` never contain a credential, an identity trait or a query string. A denied
/// permission and a missing session are not errors, but results of their operations.
///
/// ```
/// # fn react(error: ory_http::Error) {
/// if error.is_retryable() {
///     // The server was not reached or is overloaded: the same call may succeed later.
/// } else if error.is_not_found() {
///     // The server has no such resource.
/// }
/// # }
/// ```
///
/// Clones share the kind.
#[derive(Clone)]
pub struct Error {
    operation: &'static str,
    kind: Arc<ErrorKind>,
}

/// The kind of an [`Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not connect to the server. Nothing was sent.
    #[error("could not connect to the server")]
    Connect(#[source] Box<dyn StdError + Send + Sync>),
    /// The response was not complete within the timeout.
    #[error("no whole response within the timeout")]
    Timeout(#[source] Box<dyn StdError + Send + Sync>),
    /// The connection was interrupted, or the server did not speak HTTP.
    #[error("the connection to the server was interrupted")]
    Transport(#[source] Box<dyn StdError + Send + Sync>),
    /// The body of the response exceeds the body limit.
    #[error("the response is larger than the body limit of {limit} bytes")]
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The server returned an error.
    #[error("{0}")]
    Server(Box<ServerError>),
    /// The content type of the response is not JSON.
    #[error("the response with status {status} is not JSON but {content_type}")]
    NotJson {
        /// The HTTP status.
        status: StatusCode,
        /// The media type in the response.
        content_type: String,
    },
    /// The body of the response does not match the expected type.
    #[error("the response with status {status} can't be decoded at {source}")]
    Decode {
        /// The HTTP status.
        status: StatusCode,
        /// The path of the value, and what was expected there.
        source: DecodeError,
    },
    /// The response violates the protocol of Ory's servers.
    #[error("unexpected response: {problem}")]
    Unexpected {
        /// The HTTP status, if the problem is in a single response.
        status: Option<StatusCode>,
        /// The violation.
        problem: &'static str,
    },
    /// The server has no such route: the URL is that of another server or API, its path is wrong,
    /// or the server has another version.
    #[error(
        "the server answered 404 Not Found to {method} {route} because it has no such route; check \
         the port and the path of the URL, and the version of the server"
    )]
    RouteNotFound {
        /// The method of the request.
        method: Method,
        /// The route, with parameter names in place of values.
        route: &'static str,
    },
    /// The server answered with a redirect, which is never followed. The URL may be that of another
    /// API, or use `http` in place of `https`.
    #[error(
        "the server redirects {method} {route} with {status}, which is not followed; check the \
         scheme, the port and the path of the URL"
    )]
    Redirected {
        /// The HTTP status.
        status: StatusCode,
        /// The method of the request.
        method: Method,
        /// The route, with parameter names in place of values.
        route: &'static str,
    },
    /// The server, in its version, does not support the operation.
    #[error("not supported by this server: {problem}")]
    Unsupported {
        /// What the server does not support.
        problem: &'static str,
    },
    /// The call contains a name that does not exist on the server. Only clients that look names up
    /// return this error.
    #[error("the {kind} {name:?} does not exist")]
    UnknownName {
        /// The kind of the name, such as `namespace`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// The client was built without a setting that the operation requires.
    #[error("the client was built without {setting}, which this operation needs")]
    NotConfigured {
        /// The environment variable of the setting. The builder has a method of a similar name.
        setting: &'static str,
    },
    /// The arguments of the call are invalid. Nothing was sent.
    #[error("{problem}")]
    InvalidInput {
        /// The problem.
        problem: String,
    },
    /// A call that several callers share through a cache panicked. Other panics are not caught.
    #[error("the call panicked")]
    Panicked,
}

/// The reason that both servers give, with status 400, if their database could not serialize
/// concurrent transactions.
const SERIALIZATION_FAILURE: &str =
    "Unable to serialize access due to a concurrent update in another session";

impl Error {
    /// Creates an error of the named operation.
    pub fn new(operation: &'static str, kind: ErrorKind) -> Self {
        Self { operation, kind: Arc::new(kind) }
    }

    /// Creates an error of the kind [`ErrorKind::InvalidInput`].
    pub fn invalid_input(operation: &'static str, problem: impl Into<String>) -> Self {
        Self::new(operation, ErrorKind::InvalidInput { problem: problem.into() })
    }

    /// Whether the server does not support the operation ([`ErrorKind::Unsupported`] or
    /// [`ErrorKind::RouteNotFound`]).
    pub fn is_unsupported(&self) -> bool {
        matches!(self.kind(), ErrorKind::Unsupported { .. } | ErrorKind::RouteNotFound { .. })
    }

    /// The name of the operation, such as `check`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The kind of the error.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The error that the server returned, if the kind is [`ErrorKind::Server`].
    pub fn server_error(&self) -> Option<&ServerError> {
        match self.kind() {
            ErrorKind::Server(error) => Some(error),
            _ => None,
        }
    }

    /// The HTTP status, if there was a response.
    pub fn status(&self) -> Option<StatusCode> {
        match self.kind() {
            ErrorKind::Server(error) => Some(error.status()),
            ErrorKind::NotJson { status, .. }
            | ErrorKind::Decode { status, .. }
            | ErrorKind::Redirected { status, .. } => Some(*status),
            ErrorKind::Unexpected { status, .. } => *status,
            ErrorKind::RouteNotFound { .. } => Some(StatusCode::NOT_FOUND),
            _ => None,
        }
    }

    /// The error id of Ory, such as `security_csrf_violation`.
    pub fn id(&self) -> Option<&str> {
        self.server_error()?.id()
    }

    /// The reason that the server gives. Kratos can quote identity traits in it: show it to the user
    /// concerned only, and do not log it.
    pub fn reason(&self) -> Option<&str> {
        self.server_error()?.reason()
    }

    /// The id of the request in the logs of the server.
    pub fn request_id(&self) -> Option<&str> {
        self.server_error()?.request_id()
    }

    /// The delay before the next attempt that the server asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.server_error()?.retry_after()
    }

    /// Whether the server answered that the resource does not exist (status 404). A missing route is
    /// [`Error::is_unsupported`] instead.
    pub fn is_not_found(&self) -> bool {
        self.server_error().is_some_and(ServerError::is_not_found)
    }

    /// Whether the resource already exists, or its name, address or id is taken (status 409).
    pub fn is_conflict(&self) -> bool {
        self.server_error().is_some_and(ServerError::is_conflict)
    }

    /// Whether the server limits the rate of requests (status 429). See [`Error::retry_after`].
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the same call may succeed later: the server was not reached, the connection was
    /// interrupted, the call timed out, the server answered 429, 502, 503 or 504, or its database
    /// could not serialize concurrent transactions.
    ///
    /// A call that is not idempotent may have taken effect nevertheless.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect(_) | ErrorKind::Timeout(_) | ErrorKind::Transport(_) => true,
            ErrorKind::Server(error) => {
                matches!(error.status().as_u16(), 429 | 502 | 503 | 504)
                    || error.reason() == Some(SERIALIZATION_FAILURE)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.kind)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.operation)
            .field("kind", &self.kind)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.kind.source()
    }
}
