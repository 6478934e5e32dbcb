//! A server in memory, behind the HTTP service of a client: it takes random times, fails in every
//! way that a server, a proxy or a network does, and watches how it is called.

use crate::{
    attempts::Attempts, keto_server::KetoServer, kratos_server::KratosServer, world::World,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use ory_http::{HttpService, HttpServiceError, HttpServiceErrorKind, Trailers};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

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
        Self::text(404, "404 page not found\n")
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

    pub fn of(mut self, evaluations: Vec<usize>) -> Self {
        self.evaluations = evaluations;
        self
    }
}

const GRPC_STATUS: http::HeaderName = http::HeaderName::from_static("grpc-status");

/// What the server is.
pub enum Backend {
    Keto(KetoServer),
    Kratos(KratosServer),
}

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug)]
enum Fault {
    NoConnection,
    /// Neither the request nor anything else arrives.
    LostRequest,
    /// The server does what it is asked, and its response never arrives.
    LostResponse,
    Interrupted {
        before: bool,
    },
    TimedOut,
    /// 429, 502, 503 or 504, perhaps with `Retry-After`, and with what would be an allow.
    Busy,
    NoRoute,
    ServerError,
    Truncated,
    /// A whole answer, inside of what is an error.
    AnswerInError,
    TooLarge,
}

/// One server as one client reaches it.
pub struct Server {
    world: Arc<World>,
    backend: Backend,
    attempts: Attempts,
    in_flight: AtomicUsize,
    /// How many requests have to be in flight before any is responded to.
    gather: AtomicUsize,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl HttpService for Server {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let count = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        let _in_flight = InFlight(&self.in_flight);
        if self.world.settings.max_in_flight.is_some_and(|limit| count > limit) {
            self.world.violation(format!("{count} requests in flight"));
        }
        self.world.moment("request");
        self.world.tally().requests += 1;
        let attempt = self.attempts.begin(&self.world, &request);
        if count >= self.gather.load(Ordering::SeqCst) {
            self.gather(0);
        }
        while self.gather.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let result = self.respond(&request).await;
        self.attempts.end(attempt, &result);
        self.world.moment("response");
        result
    }
}

impl Server {
    pub fn new(world: &Arc<World>, backend: Backend) -> Self {
        Self {
            world: world.clone(),
            backend,
            attempts: Attempts::default(),
            in_flight: AtomicUsize::new(0),
            gather: AtomicUsize::new(0),
        }
    }

    /// No further request is responded to before so many are in flight.
    pub fn gather(&self, requests: usize) {
        self.gather.store(requests, Ordering::SeqCst);
    }

    /// What must hold when nobody waits for anything any more.
    pub fn check_end(&self) {
        let left = self.in_flight.load(Ordering::SeqCst);
        if left > 0 {
            self.world.violation(format!("{left} requests in flight that nobody waits for"));
        }
        self.attempts.check_budget(&self.world);
    }

    fn fault(&self) -> Option<Fault> {
        if self.world.is_calm() || !self.world.chance(self.world.settings.faults) {
            return None;
        }
        self.world.tally().faults += 1;
        let early_timeouts = self.world.settings.early_timeouts;
        Some(match self.world.below(100) {
            0..15 => Fault::NoConnection,
            15..20 => Fault::LostRequest,
            20..25 => Fault::LostResponse,
            25..30 => Fault::Interrupted { before: true },
            30..35 => Fault::Interrupted { before: false },
            35..40 if early_timeouts => Fault::TimedOut,
            40..60 => Fault::Busy,
            60..70 => Fault::NoRoute,
            70..75 => Fault::ServerError,
            75..85 => Fault::Truncated,
            85..95 => Fault::AnswerInError,
            _ => Fault::TooLarge,
        })
    }

    async fn respond(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let failed = |kind| Err(HttpServiceError::new(kind, "planted"));
        self.world.pause().await;
        let fault = self.fault();
        let is_grpc = request.uri().path().starts_with("/ory.keto.");
        match fault {
            Some(Fault::NoConnection) => return failed(HttpServiceErrorKind::Connect),
            Some(Fault::LostRequest) => return std::future::pending().await,
            Some(Fault::Interrupted { before: true }) => {
                return failed(HttpServiceErrorKind::Interrupted);
            }
            Some(Fault::Busy) => return Ok(self.busy(is_grpc)),
            Some(Fault::NoRoute) if is_grpc => return Ok(Reply::grpc_error(12).response),
            Some(Fault::NoRoute) => return Ok(Reply::no_route().response),
            _ => {}
        }
        self.world.pause().await;
        let Reply { mut response, evaluations } = match &self.backend {
            Backend::Keto(keto) => keto.reply(&self.world, request),
            Backend::Kratos(kratos) => kratos.reply(&self.world, request),
        };
        self.world.pause().await;
        match fault {
            Some(Fault::LostResponse) => std::future::pending().await,
            Some(Fault::Interrupted { .. }) => failed(HttpServiceErrorKind::Interrupted),
            Some(Fault::TimedOut) => failed(HttpServiceErrorKind::Timeout),
            Some(Fault::TooLarge) => failed(HttpServiceErrorKind::BodyTooLarge),
            Some(Fault::ServerError) if is_grpc => Ok(Reply::grpc_error(13).response),
            Some(Fault::ServerError) => Ok(Reply::error(500, "a bug").response),
            Some(Fault::Truncated) => {
                let body = response.body();
                let length = self.world.below(body.len().max(1));
                *response.body_mut() = body.slice(..length);
                if response.status() == StatusCode::NO_CONTENT || length == 0 {
                    return failed(HttpServiceErrorKind::Interrupted);
                }
                Ok(response)
            }
            Some(Fault::AnswerInError) => Ok(self.answer_in_error(response, is_grpc)),
            _ => {
                let mut history = self.world.history();
                for evaluation in evaluations {
                    history.evaluations[evaluation].delivered = true;
                }
                Ok(response)
            }
        }
    }

    fn busy(&self, is_grpc: bool) -> Response<Bytes> {
        if is_grpc && self.world.chance(70) {
            return Reply::grpc(&[8, 1], self.world.pick(&[8, 14, 4])).response;
        }
        let status = self.world.pick(&[429, 502, 503, 504]);
        let mut reply = match self.world.chance(50) {
            true => Reply::error(status, "busy"),
            false => Reply::json(status, r#"{"allowed":true,"active":true}"#),
        };
        if self.world.chance(50) {
            let wait = self.world.pick(&["0", "0.1", "1", "3", "100"]);
            reply.response.headers_mut().insert("retry-after", HeaderValue::from_static(wait));
        }
        reply.response
    }

    /// The answer, with something beside it that makes an error of it.
    fn answer_in_error(&self, mut response: Response<Bytes>, is_grpc: bool) -> Response<Bytes> {
        if is_grpc {
            let trailers = HeaderMap::from_iter([(GRPC_STATUS, HeaderValue::from(13))]);
            response.extensions_mut().insert(Trailers(trailers));
            return response;
        }
        let body = response.body().clone();
        let is_decision =
            [&b"{\"allowed\":"[..], b"{\"results\":"].iter().any(|b| body.starts_with(b));
        match self.world.below(3) {
            0 => {
                let html = HeaderValue::from_static("text/html");
                response.headers_mut().insert(CONTENT_TYPE, html);
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            }
            1 if is_decision => {
                let error = br#"{"error":{"code":500,"message":"an error"},"#;
                *response.body_mut() = [&error[..], &body[1..]].concat().into();
            }
            // Keto v0.7 denies by 403, but does not allow by it.
            2 if body == r#"{"allowed":true}"# => *response.status_mut() = StatusCode::FORBIDDEN,
            _ => {
                let status = self.world.pick(&[201, 302, 400, 500]);
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
            }
        }
        response
    }
}
