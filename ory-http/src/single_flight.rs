//! Answers that several callers share: those under way, and, for a time, those that came.

use crate::Error;
use moka::{Expiry, future, sync};
use std::{
    fmt,
    future::Future,
    hash::{BuildHasher, Hash, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Answers by key. Callers that ask for the same key at the same time share one fetch; an answer
/// is kept only for as long as whoever fetched it says, counted from when the fetch began. An
/// error is shared by those who waited for it, and never kept.
///
/// Forgetting is final: whoever asks after [`SingleFlightCache::forget`] has returned gets an answer that was
/// fetched after it, neither a kept one nor one that was under way.
pub struct SingleFlightCache<K, V> {
    kept: sync::Cache<K, Kept<V>>,
    /// Only for what is under way: nothing stays in it. A key goes with the epoch that it was
    /// asked in, so that nobody joins a fetch from before it was forgotten.
    under_way: future::Cache<(u64, K), V>,
    /// One epoch for each of a number of groups of keys: forgetting a key ends its group's.
    epochs: [AtomicU64; GROUPS],
    grouping: RandomState,
}

const GROUPS: usize = 256;

#[derive(Clone)]
struct Kept<V> {
    value: V,
    lifespan: Duration,
    epoch: u64,
}

/// What is fetched goes back to those who waited for it as moka's error, so that it is not kept.
#[derive(Clone)]
struct Fetched<V>(Result<V, Error>);

struct EachItsOwn;

impl<K, V> Expiry<K, Kept<V>> for EachItsOwn {
    fn expire_after_create(&self, _: &K, kept: &Kept<V>, _: Instant) -> Option<Duration> {
        Some(kept.lifespan)
    }

    fn expire_after_update(
        &self,
        _: &K,
        kept: &Kept<V>,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.lifespan)
    }
}

impl<K, V> SingleFlightCache<K, V>
where
    K: Clone + Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Keeps at most so many answers.
    pub fn new(capacity: u64) -> Self {
        Self {
            kept: sync::Cache::builder().max_capacity(capacity).expire_after(EachItsOwn).build(),
            under_way: future::Cache::builder().build(),
            epochs: std::array::from_fn(|_| AtomicU64::new(0)),
            grouping: RandomState::new(),
        }
    }

    fn epoch(&self, key: &K) -> &AtomicU64 {
        // The remainder is below the number of groups, which fits any integer.
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let group = (self.grouping.hash_one(key) % GROUPS as u64) as usize;
        &self.epochs[group]
    }

    /// The answer that is kept for a key.
    pub fn kept(&self, key: &K) -> Option<V> {
        let kept = self.kept.get(key)?;
        (kept.epoch == self.epoch(key).load(Ordering::Acquire)).then_some(kept.value)
    }

    /// The answer that is under way for a key, or else the one that is fetched now, to be kept for
    /// the time that comes with it; zero keeps nothing.
    pub async fn fetch<F>(&self, key: K, fetch: F) -> Result<V, Error>
    where
        F: Future<Output = Result<(V, Duration), Error>>,
    {
        let epoch = self.epoch(&key).load(Ordering::Acquire);
        let begun = Instant::now();
        let keep = key.clone();
        let init = async {
            let fetched = fetch.await.map(|(value, lifespan)| {
                let lifespan = lifespan.saturating_sub(begun.elapsed());
                if !lifespan.is_zero() {
                    self.kept.insert(keep, Kept { value: value.clone(), lifespan, epoch });
                }
                value
            });
            Err(Fetched(fetched))
        };
        match self.under_way.try_get_with((epoch, key), init).await {
            Ok(value) => Ok(value),
            Err(fetched) => Arc::unwrap_or_clone(fetched).0,
        }
    }

    /// Forgets a key.
    pub fn forget(&self, key: &K) {
        self.epoch(key).fetch_add(1, Ordering::AcqRel);
        self.kept.invalidate(key);
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        for epoch in &self.epochs {
            epoch.fetch_add(1, Ordering::AcqRel);
        }
        self.kept.invalidate_all();
    }
}

/// Keys and answers can be secrets.
impl<K, V> fmt::Debug for SingleFlightCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlightCache").finish_non_exhaustive()
    }
}
