//! Guards of gRPC services: a refusal is a status of gRPC.

use super::{Guard, caller::Caller, extensions::ResponseHeaders, refused::Refused};
use futures_util::future::BoxFuture;
use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use std::{
    mem,
    task::{Context, Poll},
};
use tower_layer::Layer;
use tower_service::Service;

/// A guard as a layer of gRPC services, such as those of tonic.
#[derive(Clone, Debug)]
pub struct GrpcLayer<G>(pub G);

impl<S, G: Clone> Layer<S> for GrpcLayer<G> {
    type Service = GrpcGuardService<S, G>;

    fn layer(&self, inner: S) -> Self::Service {
        GrpcGuardService { inner, guard: self.0.clone() }
    }
}

/// A gRPC service behind a guard.
#[derive(Clone, Debug)]
pub struct GrpcGuardService<S, G> {
    inner: S,
    guard: G,
}

impl<S, G, RequestBody, ResponseBody> Service<Request<RequestBody>> for GrpcGuardService<S, G>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>, Future: Send>
        + Clone
        + Send
        + 'static,
    G: Guard,
    RequestBody: Send + 'static,
    ResponseBody: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        // The service that was polled to be ready is the one to call.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let guard = self.guard.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            // A gRPC client keeps no cookies.
            ResponseHeaders::of(&mut parts.extensions);
            // Nor does it follow redirects, whatever it accepts.
            parts.extensions.insert(Caller::Script);
            match guard.check(&mut parts).await {
                Ok(()) => inner.call(Request::from_parts(parts, body)).await,
                Err(refused) => Ok(status(&refused)),
            }
        })
    }
}

/// A response with nothing but a status: its trailers are in its headers.
fn status<B: Default>(refused: &Refused) -> Response<B> {
    let (code, message) = match refused.response().status() {
        StatusCode::UNAUTHORIZED => (16, "unauthenticated"),
        StatusCode::FORBIDDEN => (7, "permission denied"),
        StatusCode::BAD_REQUEST => (3, "a value in the metadata is missing"),
        StatusCode::SERVICE_UNAVAILABLE => (14, "the request can't be authorized right now"),
        _ => (13, "the server is not set up for this request"),
    };
    let mut response = Response::new(B::default());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert("grpc-status", HeaderValue::from(code));
    headers.insert("grpc-message", HeaderValue::from_static(message));
    response
}
