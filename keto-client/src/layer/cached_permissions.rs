//! A cache of decisions.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::{Check, Decision, Permissions},
        relationships::{ListRelationships, RelationshipPatch, Relationships},
    },
    model::{query::RelationQuery, tuple::RelationTuple},
};
use async_trait::async_trait;
use ory_http::{Error, ErrorKind, Page, SingleFlightCache};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// A [`Permissions`] with a cache: callers that ask the same question at the same time share one
/// request. Decisions are cached only if it is told for how long.
///
/// **What a cache of permissions risks:** a permission that is revoked still lets in until its
/// entry ends, at most [`CachedPermissions::allowed_max_age`] after the server was asked, and one that
/// is granted still keeps out for at most [`CachedPermissions::denied_max_age`]. Keep allows for as
/// long as somebody may go on who should not, which is often not at all. Errors are never cached.
/// Who shares a request gets no decision that would have expired by then if it had been cached. A
/// decision that is not cached is shared until its request ends: the server can have made it before
/// the caller asked, by at most the timeout.
///
/// A change can affect many checks through subject sets, so whatever is written through this
/// forgets all decisions. Who changes relation tuples by another client calls
/// [`CachedPermissions::invalidate_all`] afterwards. Other processes have caches of their own.
///
/// [`BatchPermissions::batch_check`] takes from the cache what is there, and asks for the rest in
/// one batch. Callers share a batch if they ask for the same rest.
///
/// A request that callers share has none of the [`CallOptions`](ory_http::CallOptions) of any of
/// them, and the client's timeout to itself, or a longer one of the caller that starts it. Each
/// caller waits until its own deadline, as if it had sent a request of its own. Callers on
/// different tokio runtimes share decisions but no request.
///
/// All other traits of the inner service are passed on. Clones share the cache.
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
    decisions: SingleFlightCache<Check, Decision>,
    /// Only for those in flight: it has no capacity, and their decisions are cached one by one.
    batches: SingleFlightCache<Vec<Check>, Arc<[CheckResult]>>,
}

impl<P> Clone for CachedPermissions<P> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            decisions: self.decisions.clone(),
            batches: self.batches.clone(),
            ..*self
        }
    }
}

impl<P> CachedPermissions<P> {
    /// Shares requests that are in flight, and caches nothing; room for 10,000 decisions.
    pub fn new(inner: P) -> Self {
        Self {
            inner: Arc::new(inner),
            allowed: Duration::ZERO,
            denied: Duration::ZERO,
            decisions: SingleFlightCache::new(10_000),
            batches: SingleFlightCache::new(0),
        }
    }

    /// How long an allow is cached: the longest that a revocation can go unnoticed. Zero, the
    /// default, caches none.
    #[must_use]
    pub fn allowed_max_age(mut self, time: Duration) -> Self {
        self.allowed = time;
        self
    }

    /// How long a denial is cached: the longest that a grant can go unnoticed. Zero, the default,
    /// caches none.
    #[must_use]
    pub fn denied_max_age(mut self, time: Duration) -> Self {
        self.denied = time;
        self
    }

    /// How many decisions may be cached at most.
    #[must_use]
    pub fn capacity(mut self, decisions: u64) -> Self {
        self.decisions = self.decisions.capacity(decisions);
        self
    }

    /// How long a caller waits for a decision at most: 5 seconds, as a client's timeout is by
    /// default. Where the client has another one, by its builder or by `KETO_TIMEOUT_MS`, set the
    /// same here: a longer one of the client's is cut short otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.decisions = self.decisions.timeout(timeout);
        self.batches = self.batches.timeout(timeout);
        self
    }

    /// How many fetches are in flight, for a test. No part of the API.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    pub fn in_flight(&self) -> usize {
        self.decisions.in_flight() + self.batches.in_flight()
    }

    /// The inner service.
    pub fn inner(&self) -> &P {
        &self.inner
    }

    /// The decision that is cached for a check, without a request. [`Permissions::check`] looks
    /// here first.
    pub fn cached(&self, check: &Check) -> Option<Decision> {
        self.decisions.cached(check)
    }

    /// Forgets the decision of one check. Who asks after this is answered anew.
    pub fn invalidate(&self, check: &Check) {
        self.decisions.invalidate(check);
        self.batches.invalidate_all();
    }

    /// Forgets all decisions.
    pub fn invalidate_all(&self) {
        self.decisions.invalidate_all();
        self.batches.invalidate_all();
    }

    fn lifespan(&self, decision: Decision) -> Duration {
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
                Ok((decision, this.lifespan(decision)))
            }
        };
        self.decisions.fetch("check", check.clone(), fetch).await
    }
}

#[async_trait]
impl<P: Permissions + 'static> Permissions for CachedPermissions<P> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        match self.cached(check) {
            Some(cached) => Ok(cached),
            // In a box of its own, for it is large and seldom wanted.
            None => Box::pin(self.fetch(check)).await,
        }
    }
}

const CHECK_MANY: &str = "check many";

impl<P: BatchPermissions + 'static> CachedPermissions<P> {
    async fn fetch_many(&self, checks: Vec<Check>) -> Result<Arc<[CheckResult]>, Error> {
        let fetch = || {
            let (this, checks) = (self.clone(), checks.clone());
            async move {
                let results = this.ask_many(checks).await?;
                let lifespans = results.iter().flatten().map(|decision| this.lifespan(*decision));
                let shortest = lifespans.filter(|lifespan| !lifespan.is_zero()).min();
                Ok((results.into(), shortest.unwrap_or_default()))
            }
        };
        self.batches.fetch(CHECK_MANY, checks.clone(), fetch).await
    }

    async fn ask_many(&self, checks: Vec<Check>) -> Result<Vec<CheckResult>, Error> {
        let asked: Vec<_> = checks.iter().map(|check| self.decisions.asked(check)).collect();
        let results = self.inner.batch_check(&checks).await?;
        if results.len() != checks.len() {
            let problem = "a batch with more or fewer results than questions";
            return Err(Error::new(CHECK_MANY, ErrorKind::Unexpected { status: None, problem }));
        }
        for ((check, asked), result) in checks.into_iter().zip(asked).zip(&results) {
            if let Ok(decision) = *result {
                self.decisions.insert(check, decision, self.lifespan(decision), asked);
            }
        }
        Ok(results)
    }
}

#[async_trait]
impl<P: BatchPermissions + 'static> BatchPermissions for CachedPermissions<P> {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let cached: Vec<_> = checks.iter().map(|check| self.cached(check)).collect();
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
        let fetched = Box::pin(self.fetch_many(missing)).await?;
        let result = |(check, cached): (&Check, Option<Decision>)| match cached {
            Some(decision) => Ok(decision),
            None => fetched[places[check]].clone(),
        };
        Ok(checks.iter().zip(cached).map(result).collect())
    }
}

/// Forgets all decisions when a write ends: also one that failed or was dropped, for the server can
/// have done it.
struct ForgetOnDrop<'a, P>(&'a CachedPermissions<P>);

impl<P> Drop for ForgetOnDrop<'_, P> {
    fn drop(&mut self) {
        self.0.invalidate_all();
    }
}

/// Each write forgets all decisions.
#[async_trait]
impl<P: Relationships> Relationships for CachedPermissions<P> {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        self.inner.list_relationships_page(request).await
    }

    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        let _forget = ForgetOnDrop(self);
        self.inner.create_relationship(tuple).await
    }

    async fn patch_relationships(&self, changes: &[RelationshipPatch]) -> Result<(), Error> {
        let _forget = ForgetOnDrop(self);
        self.inner.patch_relationships(changes).await
    }

    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        let _forget = ForgetOnDrop(self);
        self.inner.delete_relationship(tuple).await
    }

    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        let _forget = ForgetOnDrop(self);
        self.inner.delete_all_relationships_matching(query).await
    }
}
