//! Answers that several callers share: those under way, and, for a time, those that came.

use crate::Error;
use moka::{Expiry, future::Cache};
use std::{
    fmt::Debug,
    future::Future,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Answers by key. Callers that ask for the same key at the same time share one fetch; an answer
/// is kept only for as long as whoever fetched it says. An error is shared by those who waited for
/// it, and never kept.
#[derive(Clone, Debug)]
pub struct Shared<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    kept: Cache<K, Kept<V>>,
    /// Grows when something is forgotten: what was fetched before that must not be kept after it.
    epoch: Arc<AtomicU64>,
}

#[derive(Clone, Debug)]
struct Kept<V> {
    value: V,
    lifespan: Duration,
}

/// What is not kept goes back to the callers as moka's error.
#[derive(Clone)]
enum NotKept<V> {
    Value(V),
    Error(Error),
}

struct EachItsOwn;

impl<K, V> Expiry<K, Kept<V>> for EachItsOwn {
    fn expire_after_create(&self, _: &K, kept: &Kept<V>, _: Instant) -> Option<Duration> {
        Some(kept.lifespan)
    }
}

impl<K, V> Shared<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Keeps at most so many answers.
    pub fn new(capacity: u64) -> Self {
        let kept = Cache::builder().max_capacity(capacity).expire_after(EachItsOwn).build();
        Self { kept, epoch: Arc::default() }
    }

    /// The answer that is kept for a key.
    pub async fn kept(&self, key: &K) -> Option<V> {
        Some(self.kept.get(key).await?.value)
    }

    /// The answer that is kept or under way for a key, or else the one that is fetched now, to be
    /// kept for the time that comes with it; zero keeps nothing.
    pub async fn get<F>(&self, key: K, fetch: F) -> Result<V, Error>
    where
        F: Future<Output = Result<(V, Duration), Error>>,
    {
        let epoch = self.epoch.load(Ordering::Acquire);
        let init = async {
            match fetch.await {
                Err(error) => Err(NotKept::Error(error)),
                Ok((value, lifespan))
                    if lifespan.is_zero() || self.epoch.load(Ordering::Acquire) != epoch =>
                {
                    Err(NotKept::Value(value))
                }
                Ok((value, lifespan)) => Ok(Kept { value, lifespan }),
            }
        };
        match self.kept.try_get_with(key, init).await {
            Ok(kept) => Ok(kept.value),
            Err(not_kept) => match Arc::unwrap_or_clone(not_kept) {
                NotKept::Value(value) => Ok(value),
                NotKept::Error(error) => Err(error),
            },
        }
    }

    /// Forgets a key. An answer that is under way is not kept when it comes.
    pub async fn forget(&self, key: &K) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.kept.invalidate(key).await;
    }

    /// Forgets everything. Answers that are under way are not kept when they come.
    pub fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.kept.invalidate_all();
    }
}
