//! A single-flight cache: concurrent callers of a key that is not cached share one fetch.

mod in_flight;
#[cfg(test)]
mod tests;

use crate::{
    call,
    config::HttpConfig,
    error::{Error, ErrorKind},
};
use in_flight::{InFlight, SharedFetch};
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

/// A cache in which concurrent callers of the same key share one fetch.
///
/// A fetch is independent of the caller that started it: each waiting caller polls it, it continues
/// if that caller is dropped, and it is canceled when all callers are dropped. It is detached from
/// the [`crate::CallOptions`] of its callers: their timeouts limit how long they wait, and not the
/// fetch. Only a timeout above that of the cache also applies to the fetch that the caller starts.
/// Each caller has its own deadline.
///
/// A caller that joins a fetch gets a value that is not older than its maximum age at the time of the
/// call; otherwise it joins or starts another fetch. A value with a maximum age of zero is returned to
/// all callers of its fetch.
///
/// Only callers on the same Tokio runtime share a fetch: its connection and timers belong to the
/// runtime that started it, which can be blocked or shut down while others are running.
///
/// After [`SingleFlightCache::invalidate`] returns, callers get only values whose fetch started
/// later: neither cached values nor those of fetches in flight.
///
/// Clones share the cache.
pub struct SingleFlightCache<K, V> {
    state: Arc<State<K, V>>,
    timeout: Duration,
}

struct State<K, V> {
    cached: Cache<K, Entry<V>>,
    in_flight: InFlight<K, V>,
    /// The epoch of each shard of keys. Invalidating a key increments the epoch of its shard.
    epochs: [AtomicU64; SHARDS],
    /// Prevents that an attacker can choose keys that are all in one shard.
    salt: u64,
}

const SHARDS: usize = 256;

/// The longest supported duration. A longer one is capped, because it could overflow `Instant`.
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

/// The start of a fetch, taken before the request for the value is sent.
#[derive(Clone, Copy, Debug)]
pub struct FetchStart {
    epoch: u64,
    at: Instant,
}

/// Frees the memory of what has expired. Whether an entry has expired is decided when it is read, by
/// the clock that all deadlines have. Memory goes by the real clock, which is ahead of a paused one:
/// it is freed a while later, so that it never takes away what has not expired.
struct EntryExpiry;

const FREED_AFTER: Duration = Duration::from_mins(1);

impl<K, V> Expiry<K, Entry<V>> for EntryExpiry {
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
    /// Creates a cache of at most `capacity` values, with the default timeout of a call.
    pub fn new(capacity: u64) -> Self {
        let state = State {
            cached: Cache::builder().max_capacity(capacity).expire_after(EntryExpiry).build(),
            in_flight: InFlight::default(),
            epochs: std::array::from_fn(|_| AtomicU64::new(0)),
            salt: fastrand::u64(..),
        };
        Self { state: Arc::new(state), timeout: HttpConfig::default().timeout }
    }

    /// Sets how long a caller waits, unless its [`crate::CallOptions`] or operation set another
    /// deadline, and the age above which a fetch is not joined by other callers.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(MAX_DURATION), ..self }
    }

    /// Creates an empty cache with the same timeout and another capacity.
    #[must_use]
    pub fn capacity(self, capacity: u64) -> Self {
        Self::new(capacity).timeout(self.timeout)
    }

    fn epoch(&self, key: &K) -> &AtomicU64 {
        let mut hasher = DefaultHasher::new();
        (self.state.salt, key).hash(&mut hasher);
        // The remainder is below the number of shards, which fits any integer.
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let shard = (hasher.finish() % SHARDS as u64) as usize;
        &self.state.epochs[shard]
    }

    /// Returns the cached value of a key.
    pub fn cached(&self, key: &K) -> Option<V> {
        let entry = self.state.cached.get(key)?;
        let is_current = entry.epoch == self.epoch(key).load(Ordering::Acquire);
        (is_current && Instant::now() < entry.expires_at).then_some(entry.value)
    }

    /// Records the start of a fetch, for [`SingleFlightCache::insert`].
    pub fn start_of_fetch(&self, key: &K) -> FetchStart {
        FetchStart { epoch: self.epoch(key).load(Ordering::Acquire), at: Instant::now() }
    }

    /// Caches a value up to a maximum age, measured from the start of its fetch. Does nothing if the
    /// value has expired, or the key was invalidated since.
    pub fn insert(&self, key: K, value: V, max_age: Duration, start: FetchStart) {
        let FetchStart { epoch, at } = start;
        let expires_at = at + max_age.min(MAX_DURATION);
        let has_expired = Instant::now() >= expires_at;
        if !has_expired && epoch == self.epoch(&key).load(Ordering::Acquire) {
            self.state.cached.insert(key, Entry { value, expires_at, epoch });
        }
    }

    /// Returns the cached value of a key, or joins the fetch in flight, or starts one. A fetch
    /// returns the value and its maximum age; a value with a maximum age of zero is not cached.
    ///
    /// # Errors
    /// Returns the error of the fetch, [`ErrorKind::Timeout`] if the deadline of the caller passes,
    /// or [`ErrorKind::Panicked`] if the fetch panicked.
    ///
    /// # Panics
    /// Panics outside of a Tokio runtime with timers enabled.
    pub async fn fetch<F>(
        &self,
        operation: &'static str,
        key: K,
        fetch: impl Fn() -> F,
    ) -> Result<V, Error>
    where
        F: Future<Output = Result<(V, Duration), Error>> + Send + 'static,
    {
        let called_at = Instant::now();
        let mut deadline = call::deadline(self.timeout);
        loop {
            let (SharedFetch { started, result }, own) = match self.join(&key) {
                Some(fetch) => (fetch, false),
                None => match self.cached(&key) {
                    Some(value) => return Ok(value),
                    None => self.start(operation, &key, fetch()),
                },
            };
            // The timeout of the client ends the fetch earlier than this, unless it is blocked.
            let until = if own { deadline } else { deadline.min(started + self.timeout) };
            match tokio::time::timeout_at(until, result).await {
                // The fetch timed out. A caller that joined it later still has the same time,
                // measured from its own call, and spends the rest on another fetch. One with a
                // longer timeout in its options keeps its deadline.
                Ok(Err(error)) if !own && matches!(error.kind(), ErrorKind::Timeout(_)) => {
                    if call::option_timeout().is_none_or(|timeout| timeout <= self.timeout) {
                        deadline = deadline.min(called_at + started.elapsed());
                    }
                    if Instant::now() >= deadline {
                        return Err(error);
                    }
                }
                // In the cache, the value would have expired before the call.
                Ok(Ok((_, max_age)))
                    if !own
                        && !max_age.is_zero()
                        && called_at.saturating_duration_since(started) >= max_age => {}
                Ok(result) => return result.map(|(value, _)| value),
                Err(elapsed) if own || Instant::now() >= deadline => {
                    return Err(Error::new(operation, ErrorKind::Timeout(elapsed.into())));
                }
                // The fetch is blocked, and too old to be joined.
                Err(_) => {}
            }
        }
    }

    /// Returns the number of fetches in flight.
    pub fn in_flight(&self) -> usize {
        self.state.in_flight.len()
    }

    /// Removes the value of a key, and detaches the fetch in flight from later callers.
    pub fn invalidate(&self, key: &K) {
        self.epoch(key).fetch_add(1, Ordering::AcqRel);
        self.state.cached.invalidate(key);
    }

    /// [`SingleFlightCache::invalidate`] for all keys.
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

/// Omits keys and values, which can be secrets.
impl<K, V> fmt::Debug for SingleFlightCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlightCache").finish_non_exhaustive()
    }
}
