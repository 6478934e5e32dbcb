//! A cache of decisions, as a decorator.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::{Check, Decision, Permissions},
        relationships::{ListRelationships, RelationshipPatch, Relationships},
    },
    model::{query::RelationQuery, tuple::RelationTuple},
};
use async_trait::async_trait;
use ory_http::{Error, ErrorKind, Observer, Page, SingleFlightCache};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// A decorator that caches decisions, and in which concurrent checks of the same permission share
/// one request.
///
/// Decisions are cached only if a maximum age is set. **Security:** a revoked permission is still
/// allowed for up to [`CachedPermissions::allowed_max_age`], measured from the start of the request,
/// and a granted one is still denied for up to [`CachedPermissions::denied_max_age`]. Errors are
/// never cached. A caller that joins a request gets no decision that would have expired in the
/// cache. A decision that is not cached is shared until its request ends, so that the server can have
/// made it before the call, by at most the timeout.
///
/// Because a write can affect many decisions through subject sets, every write through the decorator
/// invalidates all of them. After writes through another client, call
/// [`CachedPermissions::invalidate_all`]. The cache is local to the process.
///
/// [`BatchPermissions::batch_check`] sends one batch of the checks that are not cached. Concurrent
/// callers with the same missing checks share it.
///
/// A shared request ignores the [`CallOptions`](ory_http::CallOptions) of its callers, and has the
/// timeout of the client, or a longer one of the caller that starts it. Each caller waits until its
/// own deadline. Callers on different Tokio runtimes share decisions, but no requests.
///
/// All other traits are delegated to the inner client. Clones share the cache.
///
/// ```
/// use keto_client::{CachedPermissions, KetoClient};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keto = KetoClient::builder().read_url("http://127.0.0.1:4466").build()?;
/// let permissions = CachedPermissions::new(keto)
///     .allowed_max_age(Duration::from_millis(500))
///     .denied_max_age(Duration::from_secs(2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CachedPermissions<P> {
    inner: Arc<P>,
    allowed: Duration,
    denied: Duration,
    observer: Option<Arc<dyn Observer>>,
    decisions: SingleFlightCache<Check, Decision>,
    /// Batches in flight. The capacity is zero: their decisions are cached in `decisions`.
    batches: SingleFlightCache<Vec<Check>, Arc<[CheckResult]>>,
}

impl<P> Clone for CachedPermissions<P> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            observer: self.observer.clone(),
            decisions: self.decisions.clone(),
            batches: self.batches.clone(),
            ..*self
        }
    }
}

impl<P> CachedPermissions<P> {
    /// Wraps a client. Concurrent checks share requests, and nothing is cached until a maximum age
    /// is set. The capacity is 10,000 decisions.
    pub fn new(inner: P) -> Self {
        Self {
            inner: Arc::new(inner),
            allowed: Duration::ZERO,
            denied: Duration::ZERO,
            observer: None,
            decisions: SingleFlightCache::new(10_000),
            batches: SingleFlightCache::new(0),
        }
    }

    /// Sets the maximum age of [`Decision::Allowed`]; zero by default. A revoked permission can be
    /// allowed for this long.
    #[must_use]
    pub fn allowed_max_age(mut self, max_age: Duration) -> Self {
        self.allowed = max_age;
        self
    }

    /// Sets the maximum age of [`Decision::Denied`]; zero by default. A granted permission can be
    /// denied for this long.
    #[must_use]
    pub fn denied_max_age(mut self, max_age: Duration) -> Self {
        self.denied = max_age;
        self
    }

    /// Sets the maximum number of cached decisions.
    #[must_use]
    pub fn capacity(mut self, decisions: u64) -> Self {
        self.decisions = self.decisions.capacity(decisions);
        self
    }

    /// Sets how long a caller waits for a decision; 5 seconds by default, as the timeout of a
    /// client. A client with another timeout needs the same one here: a longer one is cut short
    /// otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.decisions = self.decisions.timeout(timeout);
        self.batches = self.batches.timeout(timeout);
        self
    }

    /// Sets the observer that is told of hits and misses.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The number of requests in flight, for tests. Not part of the public API.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    pub fn in_flight(&self) -> usize {
        self.decisions.in_flight() + self.batches.in_flight()
    }

    /// The inner client.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// Returns the cached decision of a check, without sending a request.
    pub fn cached(&self, check: &Check) -> Option<Decision> {
        self.decisions.cached(check)
    }

    /// Invalidates the cached decision of a check. Later calls send a new request.
    pub fn invalidate(&self, check: &Check) {
        self.decisions.invalidate(check);
        self.batches.invalidate_all();
    }

    /// Invalidates all cached decisions.
    pub fn invalidate_all(&self) {
        self.decisions.invalidate_all();
        self.batches.invalidate_all();
    }

    /// [`CachedPermissions::cached`] for a call, of which the observer is told.
    fn look_up(&self, operation: &'static str, check: &Check) -> Option<Decision> {
        let cached = self.cached(check);
        if let Some(observer) = &self.observer {
            observer.cache_looked_up(operation, cached.is_some());
        }
        cached
    }

    fn max_age(&self, decision: Decision) -> Duration {
        match decision {
            Decision::Allowed => self.allowed,
            Decision::Denied => self.denied,
        }
    }
}

impl<P: Permissions + 'static> CachedPermissions<P> {
    async fn fetch(&self, check: &Check) -> Result<Decision, Error> {
        let fetch = || {
            let (this, check) = (self.clone(), check.clone());
            async move {
                let decision = this.inner.check(&check).await?;
                Ok((decision, this.max_age(decision)))
            }
        };
        self.decisions.fetch("check", check.clone(), fetch).await
    }
}

#[async_trait]
impl<P: Permissions + 'static> Permissions for CachedPermissions<P> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        match self.look_up("check", check) {
            Some(cached) => Ok(cached),
            // Boxed, because the future is large and rarely needed.
            None => Box::pin(self.fetch(check)).await,
        }
    }
}

const BATCH_CHECK: &str = "batch check";

impl<P: BatchPermissions + 'static> CachedPermissions<P> {
    async fn fetch_batch(&self, checks: Vec<Check>) -> Result<Arc<[CheckResult]>, Error> {
        let fetch = || {
            let (this, checks) = (self.clone(), checks.clone());
            async move {
                let results = this.send_batch(checks).await?;
                let max_ages = results.iter().flatten().map(|decision| this.max_age(*decision));
                let shortest = max_ages.filter(|max_age| !max_age.is_zero()).min();
                Ok((results.into(), shortest.unwrap_or_default()))
            }
        };
        self.batches.fetch(BATCH_CHECK, checks.clone(), fetch).await
    }

    async fn send_batch(&self, checks: Vec<Check>) -> Result<Vec<CheckResult>, Error> {
        let starts: Vec<_> =
            checks.iter().map(|check| self.decisions.start_of_fetch(check)).collect();
        let results = self.inner.batch_check(&checks).await?;
        if results.len() != checks.len() {
            let problem = "the number of results differs from the number of checks";
            return Err(Error::new(BATCH_CHECK, ErrorKind::Unexpected { status: None, problem }));
        }
        for ((check, start), result) in checks.into_iter().zip(starts).zip(&results) {
            if let Ok(decision) = *result {
                self.decisions.insert(check, decision, self.max_age(decision), start);
            }
        }
        Ok(results)
    }
}

#[async_trait]
impl<P: BatchPermissions + 'static> BatchPermissions for CachedPermissions<P> {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let cached: Vec<_> = checks.iter().map(|check| self.look_up(BATCH_CHECK, check)).collect();
        let mut missing = Vec::new();
        let mut places = HashMap::new();
        for (check, _) in checks.iter().zip(&cached).filter(|(_, cached)| cached.is_none()) {
            places.entry(check).or_insert_with(|| {
                missing.push(check.clone());
                missing.len() - 1
            });
        }
        if missing.is_empty() {
            return Ok(cached.into_iter().flatten().map(Ok).collect());
        }
        let fetched = Box::pin(self.fetch_batch(missing)).await?;
        let result = |(check, cached): (&Check, Option<Decision>)| match cached {
            Some(decision) => Ok(decision),
            None => fetched[places[check]].clone(),
        };
        Ok(checks.iter().zip(cached).map(result).collect())
    }
}

/// Invalidates all decisions when a write ends, also if it failed or was dropped, because the server
/// can have performed it.
struct InvalidateOnDrop<'a, P>(&'a CachedPermissions<P>);

impl<P> Drop for InvalidateOnDrop<'_, P> {
    fn drop(&mut self) {
        self.0.invalidate_all();
    }
}

/// Each write invalidates all decisions.
#[async_trait]
impl<P: Relationships> Relationships for CachedPermissions<P> {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        self.inner.list_relationships_page(request).await
    }

    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        let _invalidate = InvalidateOnDrop(self);
        self.inner.create_relationship(tuple).await
    }

    async fn patch_relationships(&self, patches: &[RelationshipPatch]) -> Result<(), Error> {
        let _invalidate = InvalidateOnDrop(self);
        self.inner.patch_relationships(patches).await
    }

    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        let _invalidate = InvalidateOnDrop(self);
        self.inner.delete_relationship(tuple).await
    }

    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        let _invalidate = InvalidateOnDrop(self);
        self.inner.delete_all_relationships_matching(query).await
    }
}
