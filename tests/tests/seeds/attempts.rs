//! How often and how soon a client tries a request again.

use crate::{
    reply::{grpc_status, is_no_route},
    world::World,
};
use bytes::Bytes;
use http::{Request, Response};
use ory_http::{HttpServiceError, HttpServiceErrorKind, Instant, Trailers};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The header that names the call which a request belongs to, if each of its requests is sent once.
pub const CALL_ID: &str = "x-call-id";

/// By which a server says over gRPC when to come back.
///
/// See <https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback>.
pub const RETRY_PUSHBACK: &str = "grpc-retry-pushback-ms";

/// All attempts that were made at one server by one client.
#[derive(Default)]
pub struct Attempts(Mutex<State>);

#[derive(Default)]
struct State {
    sent: HashMap<Sent, Vec<Attempt>>,
    retries: u32,
    responses: u32,
}

/// One request of one call.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sent {
    call: String,
    target: String,
    body: Bytes,
}

struct Attempt {
    ended: Instant,
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    /// Nothing was sent.
    NoConnection,
    /// The same request may succeed later.
    Transient {
        retry_after: Duration,
    },
    /// It may be sent again if the version of the server has changed.
    NoRoute,
    Final,
}

impl Attempts {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, and judges it if it is a retry.
    pub fn begin(&self, world: &World, request: &Request<Bytes>) -> Option<Sent> {
        let call = request.headers().get(CALL_ID)?.to_str().unwrap().to_owned();
        let target = format!("{} {}", request.method(), request.uri());
        let sent = Sent { call, target, body: request.body().clone() };
        let mut state = self.lock();
        let earlier = state.sent.entry(sent.clone()).or_default();
        let Some(Attempt { ended, end }) = earlier.last() else { return Some(sent) };
        if !is_idempotent(request) && !matches!(end, End::NoConnection | End::NoRoute) {
            world.violation(format!("{} was sent twice", sent.target));
        }
        let wait = match end {
            End::NoRoute | End::Final => return Some(sent),
            End::NoConnection => Duration::ZERO,
            End::Transient { retry_after } => *retry_after,
        };
        if ended.elapsed() < wait {
            world.violation(format!("{} was sent again too soon", sent.target));
        }
        let is_final = |end| matches!(end, End::NoRoute | End::Final);
        let retries = earlier.iter().rev().take_while(|attempt| !is_final(attempt.end)).count();
        if retries > world.settings.max_retries {
            world.violation(format!("{} was tried again {retries} times", sent.target));
        }
        state.retries += 1;
        world.counters().retries += 1;
        Some(sent)
    }

    pub fn end(&self, sent: Option<Sent>, result: &Result<Response<Bytes>, HttpServiceError>) {
        let end = match result {
            Ok(response) => of_response(response),
            Err(error) => match error.kind() {
                HttpServiceErrorKind::Connect => End::NoConnection,
                HttpServiceErrorKind::BodyTooLarge => End::Final,
                _ => End::Transient { retry_after: Duration::ZERO },
            },
        };
        let mut state = self.lock();
        state.responses += u32::from(matches!(end, End::NoRoute | End::Final));
        if let Some(sent) = sent {
            let attempt = Attempt { ended: Instant::now(), end };
            state.sent.entry(sent).or_default().push(attempt);
        }
    }

    /// One retry a second, and one more for every five requests with a response.
    pub fn check_budget(&self, world: &World) {
        let State { retries, responses, .. } = *self.lock();
        // What is left of the first second is counted for ten, and a slot of it is a second long.
        let seconds = u32::try_from(world.elapsed().as_secs()).unwrap();
        let budget = 10 * (seconds / 9 + 1) + responses / 5 + 1;
        if retries > budget {
            world.violation(format!(
                "{retries} retries in {seconds} s beside {responses} responses"
            ));
        }
    }
}

fn of_response(response: &Response<Bytes>) -> End {
    let is_transient = matches!(response.status().as_u16(), 429 | 502 | 503 | 504)
        || matches!(grpc_status(response), Some(4 | 8 | 14));
    match is_transient {
        true => End::Transient { retry_after: retry_after(response) },
        false if is_no_route(response) => End::NoRoute,
        false => End::Final,
    }
}

/// How long a server asks to wait in any of its ways.
fn retry_after(response: &Response<Bytes>) -> Duration {
    let trailers = response.extensions().get::<Trailers>().map(|Trailers(trailers)| trailers);
    let all = [Some(response.headers()), trailers];
    let values = |name| {
        let values = all.into_iter().flatten().filter_map(move |headers| headers.get(name));
        values.map(|value| value.to_str().unwrap())
    };
    let retry_after = values("retry-after").map(|s| Duration::from_secs_f64(s.parse().unwrap()));
    // One below zero asks for no retry at all.
    let pushback =
        values(RETRY_PUSHBACK).map(|ms| ms.parse().map_or(Duration::MAX, Duration::from_millis));
    retry_after.chain(pushback).max().unwrap_or_default()
}

/// Whether a request may be sent twice: all but those that insert a relation tuple.
fn is_idempotent(request: &Request<Bytes>) -> bool {
    let inserts = request.body().windows(8).any(|word| word == b"\"insert\"");
    request.method() != http::Method::PUT && !inserts
}
