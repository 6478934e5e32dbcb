//! The seam between the clients and the network: an HTTP service, and the connector that makes one.

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

/// Sends one HTTP request and reads the whole response.
///
/// The clients send every request, over HTTP and gRPC alike, through this trait. By default
/// reqwest implements it ([`ReqwestConnector`]). An application can wrap that or replace it, by
/// [`HttpConfig::connector`](crate::HttpConfig::connector): to log and measure, to add headers,
/// or to answer tests without a port. The example `measure_requests` of `keto-client` does.
///
/// An implementation makes one attempt: it follows no redirect and repeats nothing. The deadline,
/// retries, concurrency limit and body limit of a call are the client's, which drops the future of
/// a call that takes too long. Trailers of the response, which gRPC needs, belong into its
/// extensions as [`Trailers`].
#[async_trait]
pub trait HttpService: fmt::Debug + Send + Sync {
    /// Makes one attempt.
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError>;
}

/// The trailers of a response, as an extension of it.
#[derive(Clone, Debug)]
pub struct Trailers(pub HeaderMap);

/// Why an attempt has no response.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct HttpServiceError {
    kind: HttpServiceErrorKind,
    source: Box<dyn StdError + Send + Sync>,
}

/// What went wrong with an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpServiceErrorKind {
    /// There is no connection, so that certainly nothing was sent: even what is not idempotent
    /// may be sent again.
    #[error("could not connect")]
    Connect,
    /// The service gave up waiting.
    #[error("timed out")]
    Timeout,
    /// The connection broke, or what came over it was not HTTP.
    #[error("the connection was interrupted")]
    Interrupted,
    /// The body is larger than the body limit.
    #[error("the body is too large")]
    BodyTooLarge,
}

impl HttpServiceError {
    /// An error of this kind. The source must not carry a URL, a header or a body: it is shown in
    /// logs.
    pub fn new(
        kind: HttpServiceErrorKind,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { kind, source: source.into() }
    }

    /// What went wrong.
    pub fn kind(&self) -> HttpServiceErrorKind {
        self.kind
    }

    pub(crate) fn into_source(self) -> Box<dyn StdError + Send + Sync> {
        self.source
    }
}
