//! Failures that a test asks a server for.

use http::StatusCode;
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A failure that a testing server produces in place of its own response, or before it.
///
/// A fault holds for all requests until it is cleared, unless [`Fault::path_prefix`] or
/// [`Fault::times`] limits it. If several faults apply to a request, the first one is produced.
#[derive(Clone, Debug)]
#[must_use]
pub struct Fault {
    pub(super) kind: FaultKind,
    pub(super) delay: Duration,
    path_prefix: String,
    times: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum FaultKind {
    None,
    Status(StatusCode),
    Disconnect,
}

impl Fault {
    fn new(kind: FaultKind, delay: Duration) -> Self {
        Self { kind, delay, path_prefix: String::new(), times: None }
    }

    /// Responds with this status and an error in the format of Ory's servers. The request has no
    /// effect.
    pub fn status(status: StatusCode) -> Self {
        Self::new(FaultKind::Status(status), Duration::ZERO)
    }

    /// Delays the response by this time.
    pub fn delay(delay: Duration) -> Self {
        Self::new(FaultKind::None, delay)
    }

    /// Closes the connection without a response. The request has no effect.
    pub fn disconnect() -> Self {
        Self::new(FaultKind::Disconnect, Duration::ZERO)
    }

    /// Waits this time first.
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Limits the fault to requests whose path begins with this prefix, such as `/sessions/whoami`.
    pub fn path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = prefix.into();
        self
    }

    /// Limits the fault to this number of requests.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }
}

/// The faults that are in effect.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault of a request to this path, which is counted.
    pub(super) fn next(&self, path: &str) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let applies =
            |fault: &&mut Fault| fault.times != Some(0) && path.starts_with(&fault.path_prefix);
        let fault = faults.iter_mut().find(applies)?;
        fault.times = fault.times.map(|times| times - 1);
        Some(fault.clone())
    }
}
