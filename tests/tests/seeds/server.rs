//! A server in memory, behind the HTTP service of a client: it takes random times, fails in every
//! way that a server, a proxy or a network does, and watches how it is called.

use crate::{
    attempts::{Attempts, CALL_ID, RETRY_PUSHBACK},
    detections::Detections,
    flaky::FETCH_ID,
    keto_server::KetoServer,
    kratos_server::KratosServer,
    permits::{Permits, Waiting},
    reply::{GRPC_STATUS, Reply, is_no_route},
    world::World,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use ory_http::{HttpService, HttpServiceError, HttpServiceErrorKind, Trailers};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

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
    detections: Detections,
    permits: Permits,
    /// How many requests have to be in flight before any is responded to.
    gather: AtomicUsize,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

/// The number in a header of a request.
fn number(request: &Request<Bytes>, header: &str) -> Option<usize> {
    request.headers().get(header)?.to_str().ok()?.parse().ok()
}

#[async_trait]
impl HttpService for Server {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let in_flight = self.permits.sent(number(&request, CALL_ID));
        self.world.moment("request");
        self.world.counters().requests += 1;
        let _detecting = self.detections.begin(&self.world, &request);
        let attempt = self.attempts.begin(&self.world, &request);
        if in_flight.count >= self.gather.load(Ordering::SeqCst) {
            self.gather(0);
        }
        while self.gather.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let result = self.respond(&request).await;
        if result.as_ref().is_ok_and(is_no_route) {
            self.world.no_route();
        }
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
            detections: Detections::default(),
            permits: Permits::new(world),
            gather: AtomicUsize::new(0),
        }
    }

    /// No further request is responded to before so many are in flight.
    pub fn gather(&self, requests: usize) {
        self.gather.store(requests, Ordering::SeqCst);
    }

    /// A call has to wait for nothing but a permit from now on.
    pub fn wait(&self, call: usize) -> Waiting<'_> {
        self.permits.wait(call)
    }

    /// What must hold when nobody waits for anything any more.
    pub fn check_end(&self) {
        self.permits.check_end();
        self.attempts.check_budget(&self.world);
    }

    fn fault(&self) -> Option<Fault> {
        if self.world.is_calm() || !self.world.chance(self.world.settings.faults) {
            return None;
        }
        self.world.counters().faults += 1;
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
                    let evaluation = &mut history.evaluations[evaluation];
                    evaluation.delivered = true;
                    evaluation.fetch = number(request, FETCH_ID);
                }
                Ok(response)
            }
        }
    }

    fn busy(&self, is_grpc: bool) -> Response<Bytes> {
        if is_grpc && self.world.chance(70) {
            return self.busy_grpc();
        }
        let status = self.world.pick(&[429, 502, 503, 504]);
        let mut reply = match self.world.chance(50) {
            true => Reply::error(status, "busy"),
            false => Reply::json(status, r#"{"allowed":true,"active":true}"#),
        };
        self.ask_to_wait(reply.response.headers_mut());
        reply.response
    }

    fn busy_grpc(&self) -> Response<Bytes> {
        let code = self.world.pick(&[8, 14, 4]);
        let mut response = match self.world.below(4) {
            0 => {
                let mut reply = Reply::grpc_error_in_headers(code);
                self.ask_to_wait(reply.response.headers_mut());
                return reply.response;
            }
            1 => Reply::grpc_error(code).response,
            _ => Reply::grpc(&[8, 1], code).response,
        };
        let Trailers(trailers) = response.extensions_mut().get_mut().unwrap();
        self.ask_to_wait(trailers);
        if self.world.chance(30) {
            let wait = self.world.pick(&["0", "100", "3000", "100000", "-1"]);
            trailers.insert(RETRY_PUSHBACK, HeaderValue::from_static(wait));
        }
        response
    }

    /// Half of the time, says when to come back.
    fn ask_to_wait(&self, headers: &mut HeaderMap) {
        if self.world.chance(50) {
            let wait = self.world.pick(&["0", "0.1", "1", "3", "100"]);
            headers.insert(RETRY_AFTER, HeaderValue::from_static(wait));
        }
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
