//! What a client finds out about its server, such as its version.

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

/// Something about a server that is configured, or is detected by the first call that needs it.
///
/// Only what the server has proved is remembered, for as long as the proof holds: a server can be
/// replaced by another version while a client lives. Calls that come during a detection wait for
/// it, also for its error, which is not remembered. It has the client's timeout, or a longer one of the
/// call that starts it. Where it has had its time, a call that came later still has some, and the
/// server is asked again. Clones share what is known.
///
/// Only calls on the same tokio runtime share a detection: its connection and timers belong to the
/// runtime that started it, which can be blocked or shut down while another one is not.
#[derive(Clone)]
pub struct Detected<T>(Arc<State<T>>);

struct State<T> {
    configured: Option<T>,
    known: RwLock<Option<Proved<T>>>,
    in_flight: Mutex<HashMap<Option<Id>, InFlight<T>>>,
}

type Detection<T> = Shared<BoxFuture<'static, Result<T, Error>>>;

/// A detection, which ends when the last of its callers has gone.
type InFlight<T> = WeakShared<BoxFuture<'static, Result<T, Error>>>;

/// What a server has proved.
#[derive(Clone, Copy, Debug)]
pub struct Proved<T> {
    value: T,
    until: Option<Instant>,
}

impl<T> Proved<T> {
    /// Holds until the server contradicts it.
    pub fn until_contradicted(value: T) -> Self {
        Self { value, until: None }
    }

    /// Is to be proved again after a time: the server would not contradict it when it is replaced.
    pub fn for_a_time(value: T, time: Duration) -> Self {
        Self { value, until: Some(Instant::now() + time) }
    }
}

impl<T: Copy + PartialEq + Send + Sync + 'static> Detected<T> {
    /// To be detected.
    pub fn unknown() -> Self {
        Self::new(None)
    }

    /// Configured, and never detected.
    pub fn configured(value: T) -> Self {
        Self::new(Some(value))
    }

    fn new(configured: Option<T>) -> Self {
        let (known, in_flight) = (RwLock::new(None), Mutex::default());
        Self(Arc::new(State { configured, known, in_flight }))
    }

    /// What is known now.
    pub fn get(&self) -> Option<T> {
        if self.0.configured.is_some() {
            return self.0.configured;
        }
        let known = *self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let holds = |proved: &Proved<T>| proved.until.is_none_or(|until| Instant::now() < until);
        known.filter(holds).map(|proved| proved.value)
    }

    /// What is known, or else what `detect` finds out.
    pub async fn get_or_detect<F>(&self, detect: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<Proved<T>, Error>> + Send + 'static,
    {
        loop {
            if let Some(known) = self.get() {
                return Ok(known);
            }
            let (detection, own) = self.join_or_start(&detect);
            match detection.await {
                // The timeout is that of the call which started it, and not of this one.
                Err(error) if !own && matches!(error.kind(), ErrorKind::Timeout(_)) => {}
                result => return result,
            }
        }
    }

    /// The detection that is in flight, or else one that is started now, which is the caller's own.
    fn join_or_start<F>(&self, detect: impl Fn() -> F) -> (Detection<T>, bool)
    where
        F: Future<Output = Result<Proved<T>, Error>> + Send + 'static,
    {
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        // Nothing panics while the lock is held.
        let mut in_flight = self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(detection) = in_flight.get(&runtime).and_then(running) {
            return (detection, false);
        }
        in_flight.retain(|_, other| running(other).is_some());
        let (state, detect) = (self.clone(), detect());
        // Nobody's own: any caller that waits for it drives it on.
        let detection = detached(async move {
            let proved = detect.await?;
            state.store(Some(proved));
            Ok(proved.value)
        });
        let detection = detection.boxed().shared();
        if let Some(detection) = detection.downgrade() {
            in_flight.insert(runtime, detection);
        }
        (detection, true)
    }

    /// Forgets what was detected, because the server contradicts it. Tells whether it can be
    /// detected again.
    pub fn contradict(&self, value: T) -> bool {
        if self.0.configured.is_some() {
            return false;
        }
        if self.get() == Some(value) {
            self.store(None);
        }
        true
    }

    fn store(&self, known: Option<Proved<T>>) {
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

/// A detection that has not ended. One that has is of no more use: its result is stored, or an
/// error.
fn running<T: Clone>(
    detection: &WeakShared<BoxFuture<'static, Result<T, Error>>>,
) -> Option<Detection<T>> {
    detection.upgrade().filter(|detection| detection.peek().is_none())
}

impl<T: fmt::Debug + Copy> fmt::Debug for Detected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = *self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Detected")
            .field("configured", &self.0.configured)
            .field("known", &known)
            .finish_non_exhaustive()
    }
}
