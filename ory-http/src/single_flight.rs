//! A cache whose callers share the fetch of a value that is not cached.

mod in_flight;
#[cfg(test)]
mod tests;

use crate::{
    call,
    config::HttpConfig,
    error::{Error, ErrorKind},
};
use in_flight::{Fetch, InFlight};
use moka::{Expiry, sync::Cache};
use std::{
    fmt,
    future::Future,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as StdInstant},
};
use tokio::time::Instant;

/// Values by key. Callers that ask for the same key at the same time share one fetch, and a value
/// is cached for as long as its fetch says, counted from the beginning of the fetch. An error is
/// shared by those who wait for it, and never cached.
///
/// A fetch belongs to none of its callers: it makes progress whenever one of them is polled, goes
/// on when the one that started it is dropped, and ends when all of them are. It is an operation
/// of its own, so that the [`crate::CallOptions`] of a caller bound how long that caller waits, and
/// not the fetch; but a timeout above the client's is also that of the fetch that the caller starts.
/// Each caller has its own deadline.
///
/// A caller that joins a fetch gets a value that is no older than a cached one may be: who asks
/// later than that goes on to another fetch. A value that may not be cached is for every caller.
///
/// Only callers on the same tokio runtime share a fetch: its connection and timers belong to the
/// runtime that started it, which can be blocked or shut down while another one is not.
///
/// Forgetting is final: whoever asks after [`SingleFlightCache::invalidate`] has returned gets a value
/// whose fetch began after it, neither a cached one nor one that was in flight.
///
/// Clones share everything.
pub struct SingleFlightCache<K, V> {
    state: Arc<State<K, V>>,
    timeout: Duration,
}

struct State<K, V> {
    cached: Cache<K, Entry<V>>,
    in_flight: InFlight<K, V>,
    /// One epoch for each of a number of groups of keys: forgetting a key ends its group's.
    epochs: [AtomicU64; GROUPS],
    /// Keeps anybody from choosing keys that are all in one group.
    salt: u64,
}

const GROUPS: usize = 256;

/// Longer durations are taken for this one: the end of a much longer one could not be represented.
const MAX_DURATION: Duration = Duration::from_hours(365 * 24);

#[derive(Clone)]
struct Entry<V> {
    value: V,
    expires_at: Instant,
    epoch: u64,
}

impl<V> Entry<V> {
    fn time_left(&self) -> Duration {
        self.expires_at.saturating_duration_since(Instant::now())
    }
}

/// When a value was asked for. It is taken before the request for the value is sent.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    epoch: u64,
    at: Instant,
}

/// Frees the memory of what has expired. Whether an entry has expired is decided when it is read, by
/// the clock that all deadlines have. Memory goes by the real clock, which is ahead of a paused one:
/// it is freed a while later, so that it never takes away what has not expired.
struct ByEntry;

const FREED_AFTER: Duration = Duration::from_mins(1);

impl<K, V> Expiry<K, Entry<V>> for ByEntry {
    fn expire_after_create(&self, _: &K, entry: &Entry<V>, _: StdInstant) -> Option<Duration> {
        Some(entry.time_left() + FREED_AFTER)
    }

    fn expire_after_update(
        &self,
        _: &K,
        entry: &Entry<V>,
        _: StdInstant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.time_left() + FREED_AFTER)
    }
}

impl<K, V> SingleFlightCache<K, V>
where
    K: Clone + Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Caches at most so many values. Callers wait for as long as a call may take by default.
    pub fn new(capacity: u64) -> Self {
        let state = State {
            cached: Cache::builder().max_capacity(capacity).expire_after(ByEntry).build(),
            in_flight: InFlight::default(),
            epochs: std::array::from_fn(|_| AtomicU64::new(0)),
            salt: fastrand::u64(..),
        };
        Self { state: Arc::new(state), timeout: HttpConfig::default().timeout }
    }

    /// How long a caller waits at most, unless its [`crate::CallOptions`] or its operation say
    /// otherwise, and how old a fetch may be for another caller to join it.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(MAX_DURATION), ..self }
    }

    /// An empty cache of the same timeout that caches at most so many values.
    #[must_use]
    pub fn capacity(self, capacity: u64) -> Self {
        Self::new(capacity).timeout(self.timeout)
    }

    fn epoch(&self, key: &K) -> &AtomicU64 {
        let mut hasher = DefaultHasher::new();
        (self.state.salt, key).hash(&mut hasher);
        // The remainder is below the number of groups, which fits any integer.
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let group = (hasher.finish() % GROUPS as u64) as usize;
        &self.state.epochs[group]
    }

    /// The value that is cached for a key.
    pub fn cached(&self, key: &K) -> Option<V> {
        let entry = self.state.cached.get(key)?;
        let is_current = entry.epoch == self.epoch(key).load(Ordering::Acquire);
        (is_current && Instant::now() < entry.expires_at).then_some(entry.value)
    }

    /// Notes that a value is asked for now.
    pub fn asked(&self, key: &K) -> Asked {
        Asked { epoch: self.epoch(key).load(Ordering::Acquire), at: Instant::now() }
    }

    /// Caches a value for as long as it may be, counted from when it was asked for; not at all
    /// where that is over or the key was forgotten since.
    pub fn insert(&self, key: K, value: V, lifespan: Duration, asked: Asked) {
        let Asked { epoch, at } = asked;
        let expires_at = at + lifespan.min(MAX_DURATION);
        let has_expired = Instant::now() >= expires_at;
        if !has_expired && epoch == self.epoch(&key).load(Ordering::Acquire) {
            self.state.cached.insert(key, Entry { value, expires_at, epoch });
        }
    }

    /// The value that is cached for a key; or else that of the fetch that is in flight, or of one
    /// that is started now. A fetch gives the value and how long it may be cached; zero caches
    /// nothing.
    ///
    /// # Errors
    /// That of the fetch; [`ErrorKind::Timeout`] where it has not ended by the caller's deadline;
    /// [`ErrorKind::Panicked`] where it panicked.
    ///
    /// # Panics
    /// Outside of a tokio runtime with timers.
    pub async fn fetch<F>(
        &self,
        operation: &'static str,
        key: K,
        fetch: impl Fn() -> F,
    ) -> Result<V, Error>
    where
        F: Future<Output = Result<(V, Duration), Error>> + Send + 'static,
    {
        let asked = Instant::now();
        let mut deadline = call::deadline(self.timeout);
        loop {
            let (Fetch { started, result }, own) = match self.join(&key) {
                Some(fetch) => (fetch, false),
                None => match self.cached(&key) {
                    Some(value) => return Ok(value),
                    None => self.start(operation, &key, fetch()),
                },
            };
            // The client's own timeout ends the fetch earlier than this, unless it is held up.
            let until = if own { deadline } else { deadline.min(started + self.timeout) };
            match tokio::time::timeout_at(until, result).await {
                // The fetch has had its time. A caller that joined it later has as much, counted
                // from when it asked, and what is left of it for another fetch; one whose options
                // say more has that.
                Ok(Err(error)) if !own && matches!(error.kind(), ErrorKind::Timeout(_)) => {
                    if call::option_timeout().is_none_or(|timeout| timeout <= self.timeout) {
                        deadline = deadline.min(asked + started.elapsed());
                    }
                    if Instant::now() >= deadline {
                        return Err(error);
                    }
                }
                // Had it been cached, the value would have expired before this caller asked.
                Ok(Ok((_, lifespan)))
                    if !own
                        && !lifespan.is_zero()
                        && asked.saturating_duration_since(started) >= lifespan => {}
                Ok(result) => return result.map(|(value, _)| value),
                Err(elapsed) if own || Instant::now() >= deadline => {
                    return Err(Error::new(operation, ErrorKind::Timeout(elapsed.into())));
                }
                // The fetch is held up, and too old now for anybody to join it.
                Err(_) => {}
            }
        }
    }

    /// How many fetches are in flight.
    pub fn in_flight(&self) -> usize {
        self.state.in_flight.len()
    }

    /// Forgets a key.
    pub fn invalidate(&self, key: &K) {
        self.epoch(key).fetch_add(1, Ordering::AcqRel);
        self.state.cached.invalidate(key);
    }

    /// Forgets everything.
    pub fn invalidate_all(&self) {
        for epoch in &self.state.epochs {
            epoch.fetch_add(1, Ordering::AcqRel);
        }
        self.state.cached.invalidate_all();
    }
}

impl<K, V> Clone for SingleFlightCache<K, V> {
    fn clone(&self) -> Self {
        Self { state: self.state.clone(), timeout: self.timeout }
    }
}

/// Keys and values can be secrets.
impl<K, V> fmt::Debug for SingleFlightCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlightCache").finish_non_exhaustive()
    }
}
