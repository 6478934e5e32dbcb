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
use ory_http::{Error, Observer, SingleFlightCache};
use std::{sync::Arc, time::Duration};

/// A decorator that caches active sessions for as long as the server allows, and in which concurrent
/// calls with the same credential share one request.
///
/// **Security:** a session that is revoked, or whose identity is disabled, remains valid until its
/// entry expires: after at most [`CachedSessions::max_age`], and at most the seconds of the response
/// header `Ory-Session-Cache-For`, both measured from the start of the request. Servers send the
/// header only with `feature_flags.cacheable_sessions`. Without it nothing is cached, unless
/// [`CachedSessions::max_age_without_header`] is set. Only active sessions are cached: a missing
/// session, a missing second factor and errors are not.
///
/// A caller that joins a request gets no session that would have expired in the cache. A session that
/// is not cached is shared until its request ends, so that it can have ended before the call, by at
/// most the timeout.
///
/// A logout through the decorator invalidates the credential, and a revocation of other sessions
/// invalidates all of them. After a session is ended or changed in another way, such as by a flow,
/// call [`CachedSessions::invalidate`]. The cache is local to the process.
///
/// The keys are keyed BLAKE3 hashes, so that no credential stays in memory and none can be mistaken
/// for another. If the inner service names its session cookie ([`Sessions::session_cookie`]), as
/// [`crate::KratosClient`] does, the hash covers what is sent to Kratos, and other cookies make no
/// difference. Otherwise it covers the whole credential.
///
/// A shared request ignores the [`CallOptions`](ory_http::CallOptions) of its callers, and has the
/// timeout of the client, or a longer one of the caller that starts it. Each caller waits until its
/// own deadline. Callers on different Tokio runtimes share sessions, but no requests.
///
/// [`Logout`](crate::Logout), [`MySessions`](crate::MySessions) and [`Metadata`](crate::Metadata) are
/// delegated to the inner client; other traits are available through [`CachedSessions::inner`]. Clones
/// share the cache.
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
    /// The name of the session cookie, if it is known.
    cookie: Option<CookieName>,
    max_age: Duration,
    max_age_without_header: Duration,
    observer: Option<Arc<dyn Observer>>,
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
            observer: self.observer.clone(),
            sessions: self.sessions.clone(),
            ..*self
        }
    }
}

impl<S: Sessions> CachedSessions<S> {
    /// Wraps a client. The capacity is 10,000 sessions, and the maximum age a minute.
    pub fn new(inner: S) -> Self {
        Self {
            cookie: inner.session_cookie().and_then(|name| CookieName::new(name).ok()),
            inner: Arc::new(inner),
            max_age: Duration::from_mins(1),
            max_age_without_header: Duration::ZERO,
            observer: None,
            hash_key: rand::random(),
            sessions: SingleFlightCache::new(10_000),
        }
    }
}

impl<S> CachedSessions<S> {
    /// Sets the maximum age of a session; one minute by default. With zero nothing is cached, and
    /// concurrent callers only share requests.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Sets the maximum age of a session whose response has no `Ory-Session-Cache-For` header, within
    /// [`CachedSessions::max_age`]; zero by default, so that no such session is cached.
    ///
    /// **Security:** for this long, a logout elsewhere, a revoked session, a disabled or deleted
    /// identity and changed traits go unnoticed. A server without `feature_flags.cacheable_sessions`
    /// expects to be asked each time.
    ///
    /// The header of a server always takes precedence, also if it is 0.
    #[must_use]
    pub fn max_age_without_header(mut self, age: Duration) -> Self {
        self.max_age_without_header = age;
        self
    }

    /// Sets the maximum number of cached sessions.
    #[must_use]
    pub fn capacity(mut self, sessions: u64) -> Self {
        self.sessions = self.sessions.capacity(sessions);
        self
    }

    /// Sets how long a caller waits for a session; 5 seconds by default, as the timeout of a client. A
    /// client with another timeout needs the same one here: a longer one is cut short otherwise.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.sessions = self.sessions.timeout(timeout);
        self
    }

    /// Sets the observer that is told of hits and misses.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets the key of the hashes, so that a test can be repeated. Not part of the public API.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    #[must_use]
    pub fn hash_key(mut self, key: [u8; blake3::OUT_LEN]) -> Self {
        self.hash_key = key;
        self
    }

    /// The number of requests in flight, for tests. Not part of the public API.
    #[cfg(feature = "fuzzing")]
    #[doc(hidden)]
    pub fn in_flight(&self) -> usize {
        self.sessions.in_flight()
    }

    /// The inner client.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Returns the cached session of a credential, without sending a request.
    pub fn cached(&self, credential: &Credential) -> Option<Whoami> {
        self.sessions.cached(&self.key(credential)?)
    }

    /// Invalidates the cached session of a credential. Later calls send a new request.
    ///
    /// If the inner service does not name its session cookie, all sessions are invalidated, because
    /// the same session can be cached for a header with other cookies. Otherwise a session that was
    /// cached for another credential, such as a token, stays.
    pub fn invalidate(&self, credential: &Credential) {
        if self.cookie.is_none() {
            self.invalidate_all();
        } else if let Some(key) = self.key(credential) {
            self.sessions.invalidate(&key);
        }
    }

    /// Invalidates all cached sessions.
    pub fn invalidate_all(&self) {
        self.sessions.invalidate_all();
    }

    /// Returns the key of a credential: a hash of the header that the client sends, or of the whole
    /// credential. It is `None` if the client sends nothing.
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

    fn entry_max_age(&self, whoami: &Whoami) -> Duration {
        let Whoami::Active(session) = whoami else { return Duration::ZERO };
        let allowed = session.cache_for.unwrap_or(self.max_age_without_header);
        allowed.min(self.max_age).min(time_left(session))
    }
}

/// The time until a session expires.
fn time_left(session: &Session) -> Duration {
    let left = session.expires_at.map(|end| end.duration_since(Timestamp::now()));
    // A negative duration has no unsigned form: the session has expired. One without an expiry time
    // is not cached.
    left.and_then(|left| Duration::try_from(left).ok()).unwrap_or(Duration::ZERO)
}

impl<S: Sessions + 'static> CachedSessions<S> {
    async fn fetch(&self, key: Key, credential: &Credential) -> Result<Whoami, Error> {
        let fetch = || {
            let (this, credential) = (self.clone(), credential.clone());
            async move {
                let whoami = this.inner.whoami(&credential).await?;
                let max_age = this.entry_max_age(&whoami);
                Ok((whoami, max_age))
            }
        };
        self.sessions.fetch("whoami", key, fetch).await
    }
}

#[async_trait]
impl<S: Sessions + 'static> Sessions for CachedSessions<S> {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        let Some(key) = self.key(credential) else { return self.inner.whoami(credential).await };
        let cached = self.sessions.cached(&key);
        if let Some(observer) = &self.observer {
            observer.cache_looked_up("whoami", cached.is_some());
        }
        match cached {
            Some(cached) => Ok(cached),
            // Boxed, because the future is large and rarely needed.
            None => Box::pin(self.fetch(key, credential)).await,
        }
    }

    fn session_cookie(&self) -> Option<&str> {
        self.cookie.as_ref().map(CookieName::as_str)
    }
}
