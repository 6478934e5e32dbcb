//! What a client finds out about its server, such as its version.

use crate::{Error, call::detached};
use futures_util::future::{BoxFuture, FutureExt, WeakShared};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};
use tokio::time::Instant;

/// Something about a server that is configured, or is detected by the first call that needs it.
///
/// Only what the server has proved is remembered, for as long as the proof holds: a server can be
/// replaced by another version while a client lives. Calls that come during a detection wait for
/// it, also for its error, which is not remembered. Clones share what is known.
#[derive(Clone)]
pub struct Detected<T>(Arc<State<T>>);

struct State<T> {
    configured: Option<T>,
    known: RwLock<Option<Proved<T>>>,
    in_flight: Mutex<Option<Detection<T>>>,
}

type Detection<T> = WeakShared<BoxFuture<'static, Result<T, Error>>>;

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
        let (known, in_flight) = (RwLock::new(None), Mutex::new(None));
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
    pub async fn get_or_detect<F>(&self, detect: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<Proved<T>, Error>> + Send + 'static,
    {
        if let Some(known) = self.get() {
            return Ok(known);
        }
        let detection = {
            // Nothing panics while the lock is held.
            let mut in_flight = self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
            let running = in_flight.as_ref().and_then(WeakShared::upgrade);
            // One that has ended is of no more use: its result is stored, or an error.
            match running.filter(|running| running.peek().is_none()) {
                Some(running) => running,
                None => {
                    let (state, detect) = (self.clone(), detect());
                    // Nobody's own: any caller that waits for it drives it on.
                    let detection = detached(async move {
                        let proved = detect.await?;
                        state.store(Some(proved));
                        Ok(proved.value)
                    });
                    let detection = detection.boxed().shared();
                    *in_flight = detection.downgrade();
                    detection
                }
            }
        };
        detection.await
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

impl<T: fmt::Debug + Copy> fmt::Debug for Detected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = *self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Detected")
            .field("configured", &self.0.configured)
            .field("known", &known)
            .finish_non_exhaustive()
    }
}
