//! gRPC over the HTTP service of an endpoint, with the same deadlines and retries as HTTP.

use crate::grpc::error;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full};
use ory_http::{Endpoint, Error, HttpServiceError, HttpServiceErrorKind, Instant, Trailers};
use std::{
    future::{Future, ready},
    task::{Context, Poll},
};
use tonic::{Code, Response, Status, body::Body, codegen::Service, metadata::MetadataMap};

/// The message size limit of tonic. The body limit of the HTTP service applies instead.
pub(super) const MAX_MESSAGE_SIZE: usize = usize::MAX;

/// An API of Keto over gRPC.
#[derive(Clone, Debug)]
pub(super) struct GrpcEndpoint(Endpoint);

impl GrpcEndpoint {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self(endpoint)
    }

    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.0
    }

    /// Makes a call within its deadline, with retries. Each attempt gets a transport for a generated
    /// client.
    pub(super) async fn call<T, F>(
        &self,
        operation: &'static str,
        idempotent: bool,
        attempt: impl Fn(GrpcTransport) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<Response<T>, Status>>,
    {
        let started = Instant::now();
        let attempt = |resends| {
            let attempt = attempt(GrpcTransport { endpoint: self.0.clone(), resends });
            async move {
                let failed = |status| error::from_status(&self.0, operation, &status);
                attempt.await.map(Response::into_inner).map_err(failed)
            }
        };
        let result = self.0.run_attempts(operation, idempotent, attempt).await;
        let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(_) => tracing::debug!(operation, elapsed_ms),
            Err(error) => tracing::debug!(operation, elapsed_ms, %error),
        }
        result
    }
}

/// The transport of the generated clients.
#[derive(Clone, Debug)]
pub(super) struct GrpcTransport {
    endpoint: Endpoint,
    /// The number of attempts of the call before this one.
    resends: u32,
}

impl Service<http::Request<Body>> for GrpcTransport {
    type Response = http::Response<Body>;
    type Error = HttpServiceError;
    type Future = BoxFuture<'static, Result<Self::Response, HttpServiceError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HttpServiceError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (endpoint, resends) = (self.endpoint.clone(), self.resends);
        Box::pin(async move {
            let request = buffer_request(&endpoint, request).await?;
            // A gRPC path has no parameters.
            let route = request.uri().path().to_owned();
            let response = endpoint.call_service(request, &route, resends).await?;
            let (mut parts, body) = response.into_parts();
            if let Some(status) = status_of_non_grpc(&parts) {
                return Ok(status.into_http());
            }
            let trailers = parts.extensions.remove::<Trailers>();
            Ok(http::Response::from_parts(parts, with_trailers(body, trailers)))
        })
    }
}

/// Returns the gRPC status of a response that is not gRPC, such as the page of a proxy.
///
/// See <https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md>.
fn status_of_non_grpc(response: &http::response::Parts) -> Option<Status> {
    let content_type = response.headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    if content_type.starts_with(b"application/grpc") {
        return None;
    }
    let code = match response.status {
        StatusCode::BAD_REQUEST => Code::Internal,
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Code::Unavailable,
        _ => Code::Unknown,
    };
    let message = format!("an HTTP response {} that is not gRPC", response.status);
    // The other headers, such as `Retry-After`.
    let headers = MetadataMap::from_headers(response.headers.clone());
    Some(Status::with_metadata(code, message, headers))
}

/// Reads the message into memory, and adds the URL and the headers of the endpoint.
async fn buffer_request(
    endpoint: &Endpoint,
    request: http::Request<Body>,
) -> Result<http::Request<Bytes>, HttpServiceError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        HttpServiceError::new(HttpServiceErrorKind::Connect, error)
    };
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|status| failed(status.into()))?.to_bytes();
    // A gRPC path has no prefix.
    let url = endpoint.base_url().as_url();
    let uri = Uri::builder()
        .scheme(url.scheme())
        .authority(url.authority())
        .path_and_query(parts.uri.path())
        .build();
    parts.uri = uri.map_err(|error| failed(error.into()))?;
    parts.headers = endpoint.headers(&parts.headers);
    Ok(http::Request::from_parts(parts, body))
}

fn with_trailers(body: Bytes, trailers: Option<Trailers>) -> Body {
    let trailers: Option<Result<HeaderMap, std::convert::Infallible>> =
        trailers.map(|Trailers(trailers)| Ok(trailers));
    Body::new(Full::new(body).with_trailers(ready(trailers)))
}
