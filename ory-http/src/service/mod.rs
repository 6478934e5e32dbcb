//! The interface between the clients and the network: HTTP services and connectors.

mod client_certificate;
mod connection;
mod reqwest;
mod roots;
mod tls;

pub(crate) use client_certificate::ClientCertificate;
pub(crate) use connection::FixedService;
pub use connection::{Connection, Connections, HttpConnector, Protocol, Proxy};
pub use reqwest::ReqwestConnector;
pub(crate) use roots::RootCertificates;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use std::{error::Error as StdError, fmt};

/// Sends an HTTP request and reads the complete response.
///
/// The clients send all requests, over HTTP and gRPC, through this trait. The default implementation
/// uses reqwest ([`ReqwestConnector`]). An application can wrap or replace it with
/// [`HttpConfig::connector`](crate::HttpConfig::connector), for example for metrics, as in the example
/// `measure_requests` of `keto-client`, or for tests without a server.
///
/// An implementation makes one attempt, and must not follow redirects or retry. The client applies the
/// deadline, retries, concurrency limit and body limit, and drops the future at the deadline. The
/// trailers of the response, which gRPC requires, must be in its extensions as [`Trailers`].
#[async_trait]
pub trait HttpService: fmt::Debug + Send + Sync {
    /// Sends a request.
    ///
    /// # Errors
    /// Returns an error if there is no complete response.
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError>;
}

/// The trailers of a response, in its extensions.
#[derive(Clone, Debug)]
pub struct Trailers(pub HeaderMap);

/// The error of an attempt without a response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct HttpServiceError {
    kind: HttpServiceErrorKind,
    source: Box<dyn StdError + Send + Sync>,
}

/// The kind of an [`HttpServiceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpServiceErrorKind {
    /// The service could not connect, and nothing was sent: the request can be retried even if it is
    /// not idempotent.
    #[error("could not connect")]
    Connect,
    /// The service timed out.
    #[error("timed out")]
    Timeout,
    /// The connection was interrupted, or the server did not speak HTTP.
    #[error("the connection was interrupted")]
    Interrupted,
    /// The body exceeds the body limit.
    #[error("the body is too large")]
    BodyTooLarge,
}

impl HttpServiceError {
    /// Creates an error. The source appears in logs, and must not contain a URL, a header or a body.
    pub fn new(
        kind: HttpServiceErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { kind, source: source.into() }
    }

    /// The kind of the error.
    pub fn kind(&self) -> HttpServiceErrorKind {
        self.kind
    }

    pub(crate) fn into_source(self) -> Box<dyn StdError + Send + Sync> {
        self.source
    }
}
