//! Decisions that are shared and kept for a time.

use crate::api::permissions::{Check, Decision, Permissions};
use async_trait::async_trait;
use ory_http::Error;
use ory_http::SingleFlightCache;
use std::time::Duration;

/// A [`Permissions`] whose answers are shared: callers that ask the same question at the same time
/// share one request. Decisions are kept only if it is told for how long.
///
/// **What a cache of permissions risks:** a permission that is revoked still lets in until its
/// entry ends, at most [`CachedPermissions::keep_allowed`] after the server was asked, and one that
/// is granted still keeps out for at most [`CachedPermissions::keep_denied`]. Keep allows for as
/// long as somebody may go on who should not, which is often not at all. Errors are never kept.
///
/// [`CachedPermissions::forget`] and [`CachedPermissions::forget_all`] end entries of this process;
/// a change can affect many checks through subject sets, so after a change forget all.
///
/// ```
/// use keto_client::{CachedPermissions, KetoClient};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keto = KetoClient::builder().read_url("http://127.0.0.1:4466").build()?;
/// let permissions = CachedPermissions::new(keto)
///     .keep_allowed(Duration::from_millis(500))
///     .keep_denied(Duration::from_secs(2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CachedPermissions<P> {
    inner: P,
    allowed: Duration,
    denied: Duration,
    shared: SingleFlightCache<Check, Decision>,
}

impl<P: Permissions> CachedPermissions<P> {
    /// Shares requests that are under way, and keeps nothing; room for 10,000 decisions.
    pub fn new(inner: P) -> Self {
        Self {
            inner,
            allowed: Duration::ZERO,
            denied: Duration::ZERO,
            shared: SingleFlightCache::new(10_000),
        }
    }

    /// How long an allow is kept: the longest that a revocation can go unnoticed.
    #[must_use]
    pub fn keep_allowed(mut self, time: Duration) -> Self {
        self.allowed = time;
        self
    }

    /// How long a denial is kept: the longest that a grant can go unnoticed.
    #[must_use]
    pub fn keep_denied(mut self, time: Duration) -> Self {
        self.denied = time;
        self
    }

    /// How many decisions may be kept at most.
    #[must_use]
    pub fn capacity(mut self, decisions: u64) -> Self {
        self.shared = SingleFlightCache::new(decisions);
        self
    }

    /// The decision that is kept for a check, without asking anybody. [`Permissions::check`] looks
    /// here first.
    pub fn kept(&self, check: &Check) -> Option<Decision> {
        self.shared.kept(check)
    }

    async fn fetch(&self, check: &Check) -> Result<Decision, Error> {
        let fetch = async {
            let decision = self.inner.check(check).await?;
            let lifespan = match decision {
                Decision::Allowed => self.allowed,
                Decision::Denied => self.denied,
            };
            Ok((decision, lifespan))
        };
        self.shared.fetch(check.clone(), fetch).await
    }

    /// Forgets the decision of one check. Who asks after this is answered anew.
    pub fn forget(&self, check: &Check) {
        self.shared.forget(check);
    }

    /// Forgets all decisions.
    pub fn forget_all(&self) {
        self.shared.forget_all();
    }
}

#[async_trait]
impl<P: Permissions> Permissions for CachedPermissions<P> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        match self.kept(check) {
            Some(kept) => Ok(kept),
            // In a box of its own, for it is large and seldom wanted.
            None => Box::pin(self.fetch(check)).await,
        }
    }
}
