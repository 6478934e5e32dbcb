//! An HTTP service without a network: a function answers, and every request is recorded.

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header::CONTENT_TYPE};
use keto_client::{HttpConfig, HttpService, HttpServiceError, HttpServiceErrorKind, Trailers};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What an attempt comes to.
pub type Answer = Result<Response<Bytes>, HttpServiceErrorKind>;

type Handler = dyn Fn(&Request<Bytes>) -> Answer + Send + Sync;

/// A service that answers by a function, after a time, and records what it was asked.
pub struct InMemory {
    answer: Box<Handler>,
    delay: Duration,
    requests: Mutex<Vec<Request<Bytes>>>,
}

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory").finish_non_exhaustive()
    }
}

impl InMemory {
    /// A service that answers at once.
    pub fn new(answer: impl Fn(&Request<Bytes>) -> Answer + Send + Sync + 'static) -> Arc<Self> {
        Self::slow(Duration::ZERO, answer)
    }

    /// A service that answers with one response after the other, at once.
    pub fn in_turn(responses: impl IntoIterator<Item = Response<Bytes>>) -> Arc<Self> {
        let responses = Mutex::new(responses.into_iter().collect::<VecDeque<_>>());
        Self::new(move |_| Ok(responses.lock().unwrap().pop_front().expect("one more response")))
    }

    /// A service that takes a time for each response.
    pub fn slow(
        delay: Duration,
        answer: impl Fn(&Request<Bytes>) -> Answer + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { answer: Box::new(answer), delay, requests: Mutex::default() })
    }

    /// A configuration whose requests all go through this.
    pub fn config(self: &Arc<Self>) -> HttpConfig {
        HttpConfig::default().service(self.clone())
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }

    /// The requests since the last time they were taken.
    pub fn take_requests(&self) -> Vec<Request<Bytes>> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

#[async_trait]
impl HttpService for InMemory {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        self.requests.lock().unwrap().push(request.clone());
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        (self.answer)(&request).map_err(|kind| HttpServiceError::new(kind, "planted"))
    }
}

/// A response of a media type.
pub fn respond(status: u16, media_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::builder().status(status).body(body.into()).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// A JSON response.
pub fn json(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    respond(status, "application/json", body)
}

/// An error of Ory's servers.
pub fn error(status: u16, reason: &str) -> Response<Bytes> {
    let error = serde_json::json!({"code": status, "message": "planted", "reason": reason});
    json(status, serde_json::json!({"error": error}).to_string())
}

/// What Ory's servers say of a route that they do not have.
pub fn no_route() -> Response<Bytes> {
    respond(404, "text/plain; charset=utf-8", "404 page not found\n")
}

/// A response of gRPC with this message, whose fields are encoded already.
pub fn grpc(message: &[u8]) -> Response<Bytes> {
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    let frame = [&[0], &length[..], message].concat();
    let mut response = respond(200, "application/grpc", frame);
    let status = [("grpc-status".parse().unwrap(), HeaderValue::from_static("0"))];
    response.extensions_mut().insert(Trailers(status.into_iter().collect()));
    response
}

/// A response of gRPC with this status and no message.
pub fn grpc_status(code: u8, message: &str) -> Response<Bytes> {
    let mut response = respond(200, "application/grpc", Bytes::new());
    let headers = response.headers_mut();
    headers.insert("grpc-status", HeaderValue::from(u16::from(code)));
    headers.insert("grpc-message", HeaderValue::from_str(message).unwrap());
    response
}
