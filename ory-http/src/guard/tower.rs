//! Guards as tower services.

use super::{Guard, extensions::ResponseHeaders};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use std::{
    mem,
    task::{Context, Poll},
};
use tower_service::Service;

/// A service behind a guard.
#[derive(Clone, Debug)]
pub struct GuardService<S, G> {
    inner: S,
    guard: G,
}

impl<S, G> GuardService<S, G> {
    /// Puts a service behind a guard.
    pub fn new(inner: S, guard: G) -> Self {
        Self { inner, guard }
    }
}

impl<S, G, RequestBody, ResponseBody> Service<Request<RequestBody>> for GuardService<S, G>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>, Future: Send>
        + Clone
        + Send
        + 'static,
    G: Guard,
    RequestBody: Send + 'static,
    ResponseBody: From<Bytes>,
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
            let headers = ResponseHeaders::insert(&mut parts.extensions);
            let mut response = match guard.check(&mut parts).await {
                Ok(()) => inner.call(Request::from_parts(parts, body)).await?,
                Err(refused) => refused.into_response().map(ResponseBody::from),
            };
            if let Some(headers) = headers {
                for (name, value) in &headers.take() {
                    response.headers_mut().append(name, value.clone());
                }
            }
            Ok(response)
        })
    }
}
