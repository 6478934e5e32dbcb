//! Requests by which a client detects the version of its server, for all of its callers.

use crate::{attempts::CALL_ID, flaky::FETCH_ID, world::World};
use bytes::Bytes;
use http::{Method, Request};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The detections of one client that are in flight.
#[derive(Default)]
pub struct Detections(AtomicUsize);

/// A request of a detection.
pub struct Detecting<'a>(&'a AtomicUsize);

impl Drop for Detecting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Detections {
    /// Notes a request if it is one of a detection.
    pub fn begin(&self, world: &World, request: &Request<Bytes>) -> Option<Detecting<'_>> {
        if !is_detection(request) {
            return None;
        }
        if self.0.fetch_add(1, Ordering::SeqCst) > 0 {
            world.violation("the same version is detected twice at once");
        }
        if [CALL_ID, FETCH_ID].iter().any(|name| request.headers().contains_key(*name)) {
            world.violation("a detection has the options of a call");
        }
        Some(Detecting(&self.0))
    }
}

/// It asks about nothing and for nobody.
fn is_detection(request: &Request<Bytes>) -> bool {
    let has = |name| request.headers().contains_key(name);
    request.method() == Method::GET
        && match request.uri().path() {
            "/relation-tuples/check/openapi" | "/check" => true,
            "/sessions" => !has("x-session-token") && !has("cookie"),
            _ => false,
        }
}
