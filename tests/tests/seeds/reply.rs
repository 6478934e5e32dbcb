//! The responses of the servers.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use ory_http::Trailers;

pub const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// Without the line feed at its end, which a truncated one lacks.
const NO_ROUTE: &str = "404 page not found";

/// A response, and the evaluations that its answers are of.
pub struct Reply {
    pub response: Response<Bytes>,
    pub evaluations: Vec<usize>,
}

impl Reply {
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        let mut response = Response::new(Bytes::from(body.into()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        Self { response, evaluations: Vec::new() }
    }

    pub fn text(status: u16, body: &'static str) -> Self {
        let mut reply = Self::json(status, body);
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        reply.response.headers_mut().insert(CONTENT_TYPE, text);
        reply
    }

    /// What a server, and a proxy that has just been started, say of a route that they don't have.
    pub fn no_route() -> Self {
        Self::text(404, NO_ROUTE)
    }

    pub fn error(status: u16, reason: &str) -> Self {
        let error = serde_json::json!({"error": {
            "code": status, "status": "", "reason": reason, "message": "an error",
        }});
        Self::json(status, error.to_string())
    }

    /// A message of gRPC, and the status in the trailers.
    pub fn grpc(message: &[u8], code: u16) -> Self {
        let mut body = vec![0];
        body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        body.extend(message);
        let mut response = Response::new(Bytes::from(body));
        let grpc = HeaderValue::from_static("application/grpc");
        response.headers_mut().insert(CONTENT_TYPE, grpc);
        let trailers = HeaderMap::from_iter([(GRPC_STATUS, HeaderValue::from(code))]);
        response.extensions_mut().insert(Trailers(trailers));
        Self { response, evaluations: Vec::new() }
    }

    /// An error of gRPC, which has no message.
    pub fn grpc_error(code: u16) -> Self {
        let mut reply = Self::grpc(&[], code);
        *reply.response.body_mut() = Bytes::new();
        reply
    }

    /// The same error without trailers, as servers send it: its status is among the headers.
    pub fn grpc_error_in_headers(code: u16) -> Self {
        let mut reply = Self::grpc_error(code);
        reply.response.extensions_mut().remove::<Trailers>();
        reply.response.headers_mut().insert(GRPC_STATUS, HeaderValue::from(code));
        reply
    }

    pub fn of(mut self, evaluations: Vec<usize>) -> Self {
        self.evaluations = evaluations;
        self
    }
}

/// The status of a response of gRPC.
pub fn grpc_status(response: &Response<Bytes>) -> Option<u16> {
    let trailers = response.extensions().get::<Trailers>();
    let headers = trailers.map_or(response.headers(), |Trailers(trailers)| trailers);
    headers.get(GRPC_STATUS)?.to_str().ok()?.parse().ok()
}

/// Whether a server has no such route or, over gRPC, operation; or a proxy says so.
pub fn is_no_route(response: &Response<Bytes>) -> bool {
    response.status() == StatusCode::NOT_FOUND && response.body().starts_with(NO_ROUTE.as_bytes())
        || grpc_status(response) == Some(12)
}
