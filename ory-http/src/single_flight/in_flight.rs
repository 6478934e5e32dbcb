//! The fetches that are in flight, by key.

use super::{Asked, SingleFlightCache, State};
use crate::{
    call::detached,
    error::{Error, ErrorKind},
};
use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};
use std::{
    collections::HashMap,
    future::Future,
    hash::Hash,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::{Handle, Id},
    time::Instant,
};

/// A value and how long it may be cached.
type FetchResult<V> = Result<(V, Duration), Error>;
/// Polling any clone of the result makes the fetch progress, and wakes all of them.
type SharedResult<V> = Shared<BoxFuture<'static, FetchResult<V>>>;
type WeakResult<V> = WeakShared<BoxFuture<'static, FetchResult<V>>>;

/// The map holds a fetch weakly, so that it ends when the last of its callers has gone. The fetch
/// itself removes it from the map when it ends, however it ends.
pub(super) struct InFlight<K, V> {
    fetches: Mutex<HashMap<RuntimeKey<K>, Entry<V>>>,
    last_number: AtomicU64,
}

type RuntimeKey<K> = (Option<Id>, K);

struct Entry<V> {
    /// Tells it from another fetch of the same key.
    number: u64,
    asked: Asked,
    result: WeakResult<V>,
}

/// A fetch that a caller waits for.
pub(super) struct Fetch<V> {
    pub(super) started: Instant,
    pub(super) result: SharedResult<V>,
}

impl<K, V> Default for InFlight<K, V> {
    fn default() -> Self {
        Self { fetches: Mutex::default(), last_number: AtomicU64::new(0) }
    }
}

impl<K, V> InFlight<K, V> {
    /// A lock that is never held while a future is polled or dropped, nor across an `await`.
    fn lock(&self) -> MutexGuard<'_, HashMap<RuntimeKey<K>, Entry<V>>> {
        // Each change is one call of the map, so what a panic left behind can be used.
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Leaves the lock as a panic that happens while it is held leaves it.
    #[cfg(test)]
    pub(super) fn poison(&self) {
        let panics = AssertUnwindSafe(|| {
            let _held = self.fetches.lock();
            panic!("planted");
        });
        assert!(std::panic::catch_unwind(panics).is_err() && self.fetches.is_poisoned());
    }
}

/// Removes a fetch from the map when the fetch is dropped: at its end, or without one.
struct RemoveOnDrop<K: Hash + Eq, V> {
    state: Arc<State<K, V>>,
    key: RuntimeKey<K>,
    number: u64,
}

impl<K: Hash + Eq, V> Drop for RemoveOnDrop<K, V> {
    fn drop(&mut self) {
        let mut fetches = self.state.in_flight.lock();
        // A fetch that was too old to be joined has been replaced by another one.
        if fetches.get(&self.key).is_some_and(|entry| entry.number == self.number) {
            fetches.remove(&self.key);
        }
    }
}

fn runtime_key<K: Clone>(key: &K) -> RuntimeKey<K> {
    (Handle::try_current().ok().map(|runtime| runtime.id()), key.clone())
}

impl<K, V> SingleFlightCache<K, V>
where
    K: Clone + Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The fetch of a key that is in flight, unless the key was forgotten since it started, or it
    /// has been in flight for longer than it may.
    pub(super) fn join(&self, key: &K) -> Option<Fetch<V>> {
        self.joinable(&self.state.in_flight.lock(), &runtime_key(key))
    }

    fn joinable(
        &self,
        fetches: &HashMap<RuntimeKey<K>, Entry<V>>,
        key: &RuntimeKey<K>,
    ) -> Option<Fetch<V>> {
        let entry = fetches.get(key)?;
        let Asked { epoch, at } = entry.asked;
        let current = self.epoch(&key.1).load(Ordering::Acquire);
        if epoch != current || at.elapsed() >= self.timeout {
            return None;
        }
        entry.result.upgrade().map(|result| Fetch { started: at, result })
    }

    /// Starts to fetch a key, unless somebody else just has. Tells whether it is the caller's own
    /// fetch.
    pub(super) fn start<F>(&self, operation: &'static str, key: &K, fetch: F) -> (Fetch<V>, bool)
    where
        F: Future<Output = FetchResult<V>> + Send + 'static,
    {
        let asked = self.asked(key);
        let number = self.state.in_flight.last_number.fetch_add(1, Ordering::Relaxed);
        let key = runtime_key(key);
        let remove = RemoveOnDrop { state: self.state.clone(), key: key.clone(), number };
        let cache = self.clone();
        let fetch = detached(fetch);
        let result = async move {
            // Dropped after the value is cached: who finds no fetch finds the value.
            let remove = remove;
            // A panic would reach one caller only, and leave the others waiting.
            let fetched = AssertUnwindSafe(fetch).catch_unwind().await;
            let panicked = |_| Err(Error::new(operation, ErrorKind::Panicked));
            let (value, lifespan) = fetched.unwrap_or_else(panicked)?;
            cache.insert(remove.key.1.clone(), value.clone(), lifespan, asked);
            Ok((value, lifespan))
        };
        let result = result.boxed().shared();

        // Declared after what must not be dropped while it is locked.
        let mut fetches = self.state.in_flight.lock();
        if let Some(other) = self.joinable(&fetches, &key) {
            return (other, false);
        }
        // There is a weak one as long as it has not ended, and it was not polled yet.
        if let Some(result) = result.downgrade() {
            fetches.insert(key, Entry { number, asked, result });
        }
        (Fetch { started: asked.at, result }, true)
    }
}
