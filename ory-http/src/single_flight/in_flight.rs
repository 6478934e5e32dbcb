//! The fetches in flight, by key.

use super::{FetchStart, SingleFlightCache, State};
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

/// A value and its maximum age.
type FetchResult<V> = Result<(V, Duration), Error>;
/// Polling any clone drives the fetch, and its completion wakes all of them.
type SharedResult<V> = Shared<BoxFuture<'static, FetchResult<V>>>;
type WeakResult<V> = WeakShared<BoxFuture<'static, FetchResult<V>>>;

/// The map holds weak references, so that a fetch is canceled when its last caller is dropped. A
/// fetch removes itself from the map when it completes, panics or is canceled.
pub(super) struct InFlight<K, V> {
    fetches: Mutex<HashMap<RuntimeKey<K>, Entry<V>>>,
    last_number: AtomicU64,
}

type RuntimeKey<K> = (Option<Id>, K);

struct Entry<V> {
    /// Distinguishes fetches of the same key.
    number: u64,
    start: FetchStart,
    result: WeakResult<V>,
}

/// A fetch in flight that a caller has joined.
pub(super) struct SharedFetch<V> {
    pub(super) started: Instant,
    pub(super) result: SharedResult<V>,
}

impl<K, V> Default for InFlight<K, V> {
    fn default() -> Self {
        Self { fetches: Mutex::default(), last_number: AtomicU64::new(0) }
    }
}

impl<K, V> InFlight<K, V> {
    /// Locks the map. The lock is never held across an `await`, nor while a future is polled or
    /// dropped.
    fn lock(&self) -> MutexGuard<'_, HashMap<RuntimeKey<K>, Entry<V>>> {
        // Each change is a single operation of the map, so that it is consistent after a panic.
        self.fetches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Poisons the lock by a panic while it is held.
    #[cfg(test)]
    pub(super) fn poison(&self) {
        let panics = AssertUnwindSafe(|| {
            let _held = self.fetches.lock();
            panic!("planted");
        });
        assert!(std::panic::catch_unwind(panics).is_err() && self.fetches.is_poisoned());
    }
}

/// Removes a fetch from the map when it is dropped, whether it has completed or not.
struct RemoveOnDrop<K: Hash + Eq, V> {
    state: Arc<State<K, V>>,
    key: RuntimeKey<K>,
    number: u64,
}

impl<K: Hash + Eq, V> Drop for RemoveOnDrop<K, V> {
    fn drop(&mut self) {
        let mut fetches = self.state.in_flight.lock();
        // A fetch that was too old to be joined can have been replaced.
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
    /// Joins the fetch of a key in flight, unless the key was invalidated since it started, or it is
    /// older than the timeout.
    pub(super) fn join(&self, key: &K) -> Option<SharedFetch<V>> {
        self.joinable(&self.state.in_flight.lock(), &runtime_key(key))
    }

    fn joinable(
        &self,
        fetches: &HashMap<RuntimeKey<K>, Entry<V>>,
        key: &RuntimeKey<K>,
    ) -> Option<SharedFetch<V>> {
        let entry = fetches.get(key)?;
        let FetchStart { epoch, at } = entry.start;
        let current = self.epoch(&key.1).load(Ordering::Acquire);
        if epoch != current || at.elapsed() >= self.timeout {
            return None;
        }
        entry.result.upgrade().map(|result| SharedFetch { started: at, result })
    }

    /// Starts a fetch, or joins one that was started concurrently. Returns whether the caller
    /// started it.
    pub(super) fn start<F>(
        &self,
        operation: &'static str,
        key: &K,
        fetch: F,
    ) -> (SharedFetch<V>, bool)
    where
        F: Future<Output = FetchResult<V>> + Send + 'static,
    {
        let start = self.start_of_fetch(key);
        let number = self.state.in_flight.last_number.fetch_add(1, Ordering::Relaxed);
        let key = runtime_key(key);
        let remove = RemoveOnDrop { state: self.state.clone(), key: key.clone(), number };
        let cache = self.clone();
        let fetch = detached(fetch);
        let result = async move {
            // Dropped after the value is cached, so that a caller finds the fetch or the value.
            let remove = remove;
            // A panic would otherwise reach only one caller.
            let fetched = AssertUnwindSafe(fetch).catch_unwind().await;
            let panicked = |_| Err(Error::new(operation, ErrorKind::Panicked));
            let (value, max_age) = fetched.unwrap_or_else(panicked)?;
            cache.insert(remove.key.1.clone(), value.clone(), max_age, start);
            Ok((value, max_age))
        };
        let result = result.boxed().shared();

        // Declared after the futures, which must not be dropped while it is locked.
        let mut fetches = self.state.in_flight.lock();
        if let Some(other) = self.joinable(&fetches, &key) {
            return (other, false);
        }
        // Always `Some`: the future was not polled yet.
        if let Some(result) = result.downgrade() {
            fetches.insert(key, Entry { number, start, result });
        }
        (SharedFetch { started: start.at, result }, true)
    }
}
