//! A cache of sessions.

mod delegate;

use crate::{
    api::sessions::{Sessions, Whoami},
    credential::Credential,
    model::session::Session,
    session_secret::CookieName,
};
use async_trait::async_trait;
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::{Error, SingleFlightCache};
use std::{sync::Arc, time::Duration};

/// A [`Sessions`] with a cache: callers that show the same credential at the same time share one
/// request, and an active session is cached for as long as the server allows.
///
/// **What a cache of sessions risks:** a session that is revoked, or whose identity is disabled,
/// still counts until its entry ends: at most [`CachedSessions::max_age`], and at most the seconds
/// that the server allows by `Ory-Session-Cache-For`, both counted from when the server was asked.
/// Without that header, which servers send only with `feature_flags.cacheable_sessions`, nothing is
/// cached, unless [`CachedSessions::max_age_without_header`] says so. Only an active session is: no
/// session, a missing second factor and every error are asked for again each time.
///
/// Who shares a request gets no session that would have expired by then if it had been cached. A
/// session that is not cached is shared until its request ends: it can have ended before the caller
/// asked, by at most the timeout.
///
/// A logout through this decorator forgets the credential, and a revocation of other sessions
/// forgets all of them. Who ends or changes a session by another way, such as a flow, calls
/// [`CachedSessions::invalidate`] afterwards. Other processes have caches of their own.
///
/// Entries are found by a keyed BLAKE3 hash, so that no credential stays in memory for their sake,
/// and none can be mistaken for another. Where the inner service names its session cookie
/// ([`Sessions::session_cookie`]), as [`crate::KratosClient`] does, it is a hash of what is sent to
/// Kratos: other cookies in a header make no difference. Otherwise it is one of the whole
/// credential.
///
/// A request that callers share has none of the [`CallOptions`](ory_http::CallOptions) of any of
/// them, and the client's timeout to itself, or a longer one of the caller that starts it. Each
/// caller waits until its own deadline, as if it had sent a request of its own. Callers on
/// different tokio runtimes share sessions but no request.
///
/// All other traits of the inner service are there by [`CachedSessions::inner`]. Clones share the
/// cache.
///
/// ```
/// use kratos_client::{CachedSessions, KratosClient};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let kratos = KratosClient::builder().public_url("http://127.0.0.1:4433").build()?;
/// let sessions = CachedSessions::new(kratos).max_age(Duration::from_secs(10));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct CachedSessions<S> {
    inner: Arc<S>,
    /// The name of the cookies that decide, if it is known.
    cookie: Option<CookieName>,
    max_age: Duration,
    max_age_without_header: Duration,
    #[debug(skip)]
    hash_key: Key,
    #[debug(skip)]
    sessions: SingleFlightCache<Key, Whoami>,
}

type Key = [u8; blake3::OUT_LEN];

impl<S> Clone for CachedSessions<S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            cookie: self.cookie.clone(),
            sessions: self.sessions.clone(),
            ..*self
        }
    }
}

impl<S: Sessions> CachedSessions<S> {
    /// Caches up to 10,000 sessions, each for at most a minute.
    pub fn new(inner: S) -> Self {
        Self {
            cookie: inner.session_cookie().and_then(|name| CookieName::new(name).ok()),
            inner: Arc::new(inner),
            max_age: Duration::from_mins(1),
            max_age_without_header: Duration::ZERO,
            hash_key: rand::random(),
            sessions: SingleFlightCache::new(10_000),
        }
    }
}

impl<S> CachedSessions<S> {
    /// How long a session may be cached at most. Zero caches nothing: then concurrent callers
    /// share a request, and that is all.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// How long a session is cached where the server does not say how long it may be, at most
    /// [`CachedSessions::max_age`]. Zero, the default, caches no such session.
    ///
    /// **What this risks:** a server without `feature_flags.cacheable_sessions` expects to be asked
    /// each time. For as long as this says, somebody who logged out elsewhere, whose session was
    /// revoked, whose identity was disabled or deleted, or who lost a device and ended its session,
    /// is still let in, and what changed in the identity's traits is not seen. Set it to the time
    /// for which all of that may go unnoticed.
    ///
    /// A server that does send `Ory-Session-Cache-For` is taken at its word, also if it says 0.
    #[must_use]
    pub fn max_age_without_header(mut self, age: Duration) -> Self {
        self.max_age_without_header = age;
        self
    }

    /// How many sessions may be cached at most.
    #[must_use]
    pub fn capacity(mut self, sessions: u64) -> Self {
        self.sessions = self.sessions.capacity(sessions);
        self
    }

    /// How long a caller waits for a session at most: 5 seconds, as a client's timeout is by
    /// default. Where the client has another one, by its builder or by `KRATOS_TIMEOUT_MS`, set the
    /// same here: a longer one of the client's is cut short otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.sessions = self.sessions.timeout(timeout);
        self
    }

    /// Replaces the random key of the hashes, so that a test can be repeated. No part of the API.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    #[must_use]
    pub fn hash_key(mut self, key: [u8; blake3::OUT_LEN]) -> Self {
        self.hash_key = key;
        self
    }

    /// How many fetches are in flight, for a test. No part of the API.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    pub fn in_flight(&self) -> usize {
        self.sessions.in_flight()
    }

    /// The inner service.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// The session that is cached for a credential, without a request. [`Sessions::whoami`] looks
    /// here first.
    pub fn cached(&self, credential: &Credential) -> Option<Whoami> {
        self.sessions.cached(&self.key(credential)?)
    }

    /// Forgets the session of a credential, such as when somebody logs out. Who asks after this is
    /// answered anew.
    ///
    /// Where the inner service does not name its session cookie, all sessions are forgotten: the
    /// same session can have been cached for a header with other cookies. Where it does, a session
    /// that was cached for another credential stays: for a token beside a cookie, or for a header
    /// with more or fewer session cookies.
    pub fn invalidate(&self, credential: &Credential) {
        if self.cookie.is_none() {
            self.invalidate_all();
        } else if let Some(key) = self.key(credential) {
            self.sessions.invalidate(&key);
        }
    }

    /// Forgets all sessions.
    pub fn invalidate_all(&self) {
        self.sessions.invalidate_all();
    }

    /// By what a credential's session is found: the header that the client sends for it, or all of
    /// it. `None` where the client sends nothing.
    fn key(&self, credential: &Credential) -> Option<Key> {
        let mut hasher = blake3::Hasher::new_keyed(&self.hash_key);
        let mut write = |piece: &str| {
            hasher.update(piece.as_bytes());
        };
        // No kind has a zero byte, so that what comes after the last one is the kind.
        match &self.cookie {
            Some(cookie) => {
                let header = credential.write_header(cookie, &mut write).ok()??;
                hasher.update(b"\0").update(header.as_str().as_bytes());
            }
            None => {
                let kind = credential.write_whole(&mut write);
                hasher.update(b"\0").update(kind.as_bytes());
            }
        }
        Some(*hasher.finalize().as_bytes())
    }

    fn lifespan(&self, whoami: &Whoami) -> Duration {
        let Whoami::Active(session) = whoami else { return Duration::ZERO };
        let allowed = session.cache_for.unwrap_or(self.max_age_without_header);
        allowed.min(self.max_age).min(time_left(session))
    }
}

/// How long a session goes on.
fn time_left(session: &Session) -> Duration {
    let left = session.expires_at.map(|end| end.duration_since(Timestamp::now()));
    // A negative duration has no unsigned form: the session is over. One without an end is not
    // cached.
    left.and_then(|left| Duration::try_from(left).ok()).unwrap_or(Duration::ZERO)
}

impl<S: Sessions + 'static> CachedSessions<S> {
    async fn fetch(&self, key: Key, credential: &Credential) -> Result<Whoami, Error> {
        let fetch = || {
            let (this, credential) = (self.clone(), credential.clone());
            async move {
                let whoami = this.inner.whoami(&credential).await?;
                let lifespan = this.lifespan(&whoami);
                Ok((whoami, lifespan))
            }
        };
        self.sessions.fetch("whoami", key, fetch).await
    }
}

#[async_trait]
impl<S: Sessions + 'static> Sessions for CachedSessions<S> {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        let Some(key) = self.key(credential) else { return self.inner.whoami(credential).await };
        match self.sessions.cached(&key) {
            Some(cached) => Ok(cached),
            // In a box of its own, for it is large and seldom wanted.
            None => Box::pin(self.fetch(key, credential)).await,
        }
    }

    fn session_cookie(&self) -> Option<&str> {
        self.cookie.as_ref().map(CookieName::as_str)
    }
}
