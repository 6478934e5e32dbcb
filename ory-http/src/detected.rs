//! A property of a server that the client detects on demand, such as its API version.

#[cfg(test)]
mod tests;

use crate::{
    call::detached,
    error::{Error, ErrorKind},
};
use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    runtime::{Handle, Id},
    time::Instant,
};

/// A property of a server that is either configured, or detected by the first call that needs it.
///
/// A detected value is cached until it expires or is invalidated, because a server can be replaced by
/// another version during the lifetime of a client. Calls that arrive during a detection wait for it
/// and share its error, which is not cached. A detection has the timeout of the client, or a longer one
/// of the call that starts it. If it times out, a call with time left before its own deadline starts
/// another one. Clones share the value.
///
/// Only calls on the same Tokio runtime share a detection: its connection and timers belong to the
/// runtime that started it, which can be blocked or shut down while others are running.
#[derive(Clone)]
pub struct Detected<T>(Arc<State<T>>);

struct State<T> {
    configured: Option<T>,
    cached: RwLock<Option<Detection<T>>>,
    in_flight: Mutex<HashMap<Option<Id>, WeakDetection<T>>>,
}

type SharedDetection<T> = Shared<BoxFuture<'static, Result<T, Error>>>;

/// A detection in flight. It is canceled when the last caller that waits for it is dropped.
type WeakDetection<T> = WeakShared<BoxFuture<'static, Result<T, Error>>>;

/// The result of a detection: a value, and the time at which it expires, if any.
#[derive(Clone, Copy, Debug)]
pub struct Detection<T> {
    value: T,
    expires_at: Option<Instant>,
}

impl<T> Detection<T> {
    /// A value that is valid until it is invalidated.
    pub fn new(value: T) -> Self {
        Self { value, expires_at: None }
    }

    /// A value that expires: for one whose change no response of the server would reveal.
    pub fn expiring(value: T, ttl: Duration) -> Self {
        Self { value, expires_at: Some(Instant::now() + ttl) }
    }
}

impl<T: Copy + PartialEq + Send + Sync + 'static> Detected<T> {
    /// A value that the first call detects, or one that is configured and never detected.
    pub fn new(configured: Option<T>) -> Self {
        let (cached, in_flight) = (RwLock::new(None), Mutex::default());
        Self(Arc::new(State { configured, cached, in_flight }))
    }

    /// The configured or cached value.
    pub fn get(&self) -> Option<T> {
        if self.0.configured.is_some() {
            return self.0.configured;
        }
        let cached = *self.0.cached.read().unwrap_or_else(PoisonError::into_inner);
        let is_valid = |detection: &Detection<T>| {
            detection.expires_at.is_none_or(|expires_at| Instant::now() < expires_at)
        };
        cached.filter(is_valid).map(|detection| detection.value)
    }

    /// The configured or cached value, or the result of `detect`.
    ///
    /// # Errors
    /// Returns the error of the detection.
    pub async fn get_or_detect<F>(&self, detect: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<Detection<T>, Error>> + Send + 'static,
    {
        loop {
            if let Some(value) = self.get() {
                return Ok(value);
            }
            let (detection, own) = self.join_or_start(&detect);
            match detection.await {
                // The timeout is that of the call that started the detection, not of this one.
                Err(error) if !own && matches!(error.kind(), ErrorKind::Timeout(_)) => {}
                result => return result,
            }
        }
    }

    /// Joins the detection in flight, or starts one. Returns whether the caller started it.
    fn join_or_start<F>(&self, detect: impl Fn() -> F) -> (SharedDetection<T>, bool)
    where
        F: Future<Output = Result<Detection<T>, Error>> + Send + 'static,
    {
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        // Nothing panics while the lock is held.
        let mut in_flight = self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(detection) = in_flight.get(&runtime).and_then(running) {
            return (detection, false);
        }
        in_flight.retain(|_, other| running(other).is_some());
        let (state, detect) = (self.clone(), detect());
        // Detached from the call that starts it: every caller that waits polls it.
        let detection = detached(async move {
            let detection = detect.await?;
            state.store(Some(detection));
            Ok(detection.value)
        });
        let detection = detection.boxed().shared();
        if let Some(detection) = detection.downgrade() {
            in_flight.insert(runtime, detection);
        }
        (detection, true)
    }

    /// Invalidates a cached value after a response that contradicts it. Returns whether the value
    /// can be detected again, which is false for a configured one.
    pub fn invalidate(&self, value: T) -> bool {
        if self.0.configured.is_some() {
            return false;
        }
        if self.get() == Some(value) {
            self.store(None);
        }
        true
    }

    fn store(&self, detection: Option<Detection<T>>) {
        *self.0.cached.write().unwrap_or_else(PoisonError::into_inner) = detection;
    }
}

/// Upgrades a detection that has not completed. A completed one is not joined: its value is cached,
/// and its error must not be.
fn running<T: Clone>(detection: &WeakDetection<T>) -> Option<SharedDetection<T>> {
    detection.upgrade().filter(|detection| detection.peek().is_none())
}

impl<T: fmt::Debug + Copy> fmt::Debug for Detected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cached = *self.0.cached.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Detected")
            .field("configured", &self.0.configured)
            .field("cached", &cached)
            .finish_non_exhaustive()
    }
}
