//! What a client finds out about its server, such as its version.

use crate::{Error, ErrorKind, call::detached_with_timeout};
use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};
use std::{
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
/// it, also for its error, which is not remembered; but a timeout is that of the call which started
/// the detection, and a call that still has time starts another one. Clones share what is known.
#[derive(Clone)]
pub struct Detected<T>(Arc<State<T>>);

struct State<T> {
    configured: Option<T>,
    known: RwLock<Option<Proved<T>>>,
    in_flight: Mutex<Option<Detection<T>>>,
}

type SharedResult<T> = Shared<BoxFuture<'static, Result<T, Error>>>;

/// A detection that somebody waits for. It is joined on the same runtime only: its connection and
/// its timers belong to the one that started it, which may end before another one does.
struct Detection<T> {
    runtime: Option<Id>,
    result: WeakShared<BoxFuture<'static, Result<T, Error>>>,
}

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

    /// What is known, or else what `detect` finds out. The caller bounds how long it waits.
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
                Err(error) if !own && matches!(error.kind(), ErrorKind::Timeout(_)) => {}
                result => return result,
            }
        }
    }

    /// The detection that is in flight, or one that is started now, which is the caller's own.
    fn join_or_start<F>(&self, detect: impl Fn() -> F) -> (SharedResult<T>, bool)
    where
        F: Future<Output = Result<Proved<T>, Error>> + Send + 'static,
    {
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        // Nothing panics while the lock is held.
        let mut in_flight = self.0.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        let running = in_flight.as_ref().filter(|detection| detection.runtime == runtime);
        // One that has ended is of no more use: its result is stored, or an error.
        let running = running.and_then(|detection| detection.result.upgrade());
        if let Some(running) = running.filter(|running| running.peek().is_none()) {
            return (running, false);
        }
        let (state, detect) = (self.clone(), detect());
        // Nobody's own: any caller that waits for it drives it on.
        let detection = detached_with_timeout(Duration::ZERO, async move {
            let proved = detect.await?;
            state.store(Some(proved));
            Ok(proved.value)
        });
        let detection = detection.boxed().shared();
        *in_flight = detection.downgrade().map(|result| Detection { runtime, result });
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

impl<T: fmt::Debug + Copy> fmt::Debug for Detected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = *self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Detected")
            .field("configured", &self.0.configured)
            .field("known", &known)
            .finish_non_exhaustive()
    }
}
