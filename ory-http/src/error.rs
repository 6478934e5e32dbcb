//! The error of every operation.

use crate::{decode::DecodeError, server_error::ServerError};
use http::{Method, StatusCode};
use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

/// Why an operation has no result: its name, what went wrong, and the source.
///
/// Neither `Display` nor `Debug` shows a credential, a trait or a query string. A denied
/// permission and a missing session are not errors: they are values of their operations.
///
/// ```
/// # fn react(error: ory_http::Error) {
/// if error.is_retryable() {
///     // The server was not reached or is overloaded: the same call may work later.
/// } else if error.is_not_found() {
///     // The server was asked, and there is no such resource.
/// }
/// # }
/// ```
///
/// Clones share what went wrong.
#[derive(Clone)]
pub struct Error {
    operation: &'static str,
    kind: Arc<ErrorKind>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No connection to the server; nothing was sent.
    #[error("could not connect to the server")]
    Connect(#[source] Box<dyn StdError + Send + Sync>),
    /// No whole response within the timeout.
    #[error("no whole response within the timeout")]
    Timeout(#[source] Box<dyn StdError + Send + Sync>),
    /// The connection broke, or what came over it was not HTTP.
    #[error("the connection to the server was interrupted")]
    Transport(#[source] Box<dyn StdError + Send + Sync>),
    /// The response is larger than the body limit.
    #[error("the response is larger than the body limit of {limit} bytes")]
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The server answered with an error.
    #[error("{0}")]
    Server(Box<ServerError>),
    /// The response should be JSON, and its content type says that it is something else.
    #[error("the response with status {status} is not JSON but {content_type}")]
    NotJson {
        /// The HTTP status.
        status: StatusCode,
        /// The media type that the server named.
        content_type: String,
    },
    /// The response is JSON that does not fit its type.
    #[error("the response with status {status} can't be decoded at {source}")]
    Decode {
        /// The HTTP status.
        status: StatusCode,
        /// Where and why.
        source: DecodeError,
    },
    /// The response is none that a server of Ory gives.
    #[error("the response is not one of Ory's servers: {problem}")]
    Unexpected {
        /// The HTTP status, where one response is wrong.
        status: Option<StatusCode>,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The server has no such route: it is another server or version than the URL is meant for, or
    /// the URL's path is wrong.
    #[error(
        "the server answered 404 Not Found to {method} {route} as it does for a route that it does \
         not have; check the port and the path of the URL, and the version of the server"
    )]
    RouteNotFound {
        /// The method of the request.
        method: Method,
        /// The route, with names in place of values.
        route: &'static str,
    },
    /// The server answered with a redirect, which is never followed: the URL is that of another of
    /// its APIs, or of its address without TLS.
    #[error(
        "the server redirects {method} {route} by {status}, which is not followed; check the scheme, \
         the port and the path of the URL"
    )]
    Redirected {
        /// The HTTP status.
        status: StatusCode,
        /// The method of the request.
        method: Method,
        /// The route, with names in place of values.
        route: &'static str,
    },
    /// This version of the server has no such operation.
    #[error("not supported by this server: {problem}")]
    Unsupported {
        /// What it lacks.
        problem: &'static str,
    },
    /// The call names something that does not exist, and the client was asked to find out.
    #[error("the {kind} {name:?} does not exist")]
    UnknownName {
        /// What kind of thing, such as `namespace`.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The client was built without a setting that the operation needs.
    #[error("the client was built without {setting}, which this operation needs")]
    NotConfigured {
        /// The environment variable of the setting, whose name in the builder is like it.
        setting: &'static str,
    },
    /// The call can't be sent as it is; nothing was sent.
    #[error("{problem}")]
    InvalidInput {
        /// What is wrong with it.
        problem: String,
    },
    /// The call panicked. A cache reports this to all callers that share the call; elsewhere a
    /// panic is one.
    #[error("the call panicked")]
    Panicked,
}

/// What both servers say, with status 400, when their database gave up on a transaction because of
/// another one.
const NOT_SERIALIZED: &str =
    "Unable to serialize access due to a concurrent update in another session";

impl Error {
    /// An error of the named operation.
    pub fn new(operation: &'static str, kind: ErrorKind) -> Self {
        Self { operation, kind: Arc::new(kind) }
    }

    /// An error of a call that can't be sent as it is.
    pub fn invalid_input(operation: &'static str, problem: impl Into<String>) -> Self {
        Self::new(operation, ErrorKind::InvalidInput { problem: problem.into() })
    }

    /// Whether the server lacks the operation: its version has none, or it answered that it does
    /// not have the route.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.kind(), ErrorKind::Unsupported { .. } | ErrorKind::RouteNotFound { .. })
    }

    /// The operation that failed, such as `check`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// What the server said, where it answered with an error.
    pub fn server_error(&self) -> Option<&ServerError> {
        match self.kind() {
            ErrorKind::Server(error) => Some(error),
            _ => None,
        }
    }

    /// The HTTP status, where there was a response.
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

    /// Ory's id of the error, such as `security_csrf_violation`.
    pub fn id(&self) -> Option<&str> {
        self.server_error()?.id()
    }

    /// What the server says of the cause. Kratos can quote traits here: show it to the person
    /// concerned, keep it out of logs.
    pub fn reason(&self) -> Option<&str> {
        self.server_error()?.reason()
    }

    /// The id of the request in the server's logs.
    pub fn request_id(&self) -> Option<&str> {
        self.server_error()?.request_id()
    }

    /// How long the server asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.server_error()?.retry_after()
    }

    /// Whether the server has no such resource. A route that it does not have is
    /// [`Error::is_unsupported`].
    pub fn is_not_found(&self) -> bool {
        self.server_error().is_some_and(ServerError::is_not_found)
    }

    /// Whether a resource of the same name, address or id exists already (status 409).
    pub fn is_conflict(&self) -> bool {
        self.server_error().is_some_and(ServerError::is_conflict)
    }

    /// Whether there were too many requests (status 429). [`Error::retry_after`] tells how long the
    /// server asks to wait.
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the same call may work later: the server was not reached, the exchange broke off
    /// or timed out, the server answered 429, 502, 503 or 504, or its database could not
    /// serialize concurrent transactions. Whether it is safe to repeat is the caller's to know.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect(_) | ErrorKind::Timeout(_) | ErrorKind::Transport(_) => true,
            ErrorKind::Server(error) => {
                matches!(error.status().as_u16(), 429 | 502 | 503 | 504)
                    || error.reason() == Some(NOT_SERIALIZED)
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
