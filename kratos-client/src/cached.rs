//! Sessions that are shared and kept for a time.

use crate::{CookieHeader, Credential, Error, Session, Sessions, Whoami, credential::CookieName};
use async_trait::async_trait;
use jiff::Timestamp;
use ory_http::Shared;
use std::{sync::Arc, time::Duration};

/// A [`Sessions`] whose answers are shared: callers that show the same credential at the same time
/// share one request, and an active session is kept for as long as the server allows.
///
/// **What a cache of sessions risks:** a session that is revoked, or whose identity is disabled,
/// still counts until its entry ends: at most [`CachedSessions::max_age`], and at most the seconds
/// that the server allows by `Ory-Session-Cache-For`. Without that header, which servers send only
/// with `feature_flags.cacheable_sessions`, nothing is kept. Only an active session is: no session,
/// a missing second factor and every error are asked for again each time.
///
/// Call [`CachedSessions::forget`] when somebody logs out. Other processes keep their own cache.
///
/// Entries are found by a keyed BLAKE3 hash of the credential, so that no credential stays in
/// memory for their sake, and none can be mistaken for another.
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
    inner: S,
    cookie: CookieName,
    max_age: Duration,
    hash_key: [u8; blake3::KEY_LEN],
    shared: Shared<[u8; blake3::OUT_LEN], Whoami>,
}

impl<S: Sessions> CachedSessions<S> {
    /// Keeps up to 10,000 sessions, each for at most a minute.
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            cookie: CookieName::default(),
            max_age: Duration::from_mins(1),
            hash_key: rand::random(),
            shared: Shared::new(10_000),
        }
    }

    /// How long a session may be kept at most. Zero keeps nothing: then concurrent callers share
    /// a request, and that is all.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// How many sessions may be kept at most.
    #[must_use]
    pub fn capacity(mut self, sessions: u64) -> Self {
        self.shared = Shared::new(sessions);
        self
    }

    /// The name of the session cookie, if it is not `ory_kratos_session`; the same as the client's.
    ///
    /// # Errors
    /// If that is no cookie's name.
    pub fn session_cookie(mut self, name: &str) -> Result<Self, crate::InvalidCookieName> {
        self.cookie = CookieName::new(name)?;
        Ok(self)
    }

    /// Forgets the session of a credential, such as when somebody logs out.
    pub async fn forget(&self, credential: &Credential) {
        if let Some(key) = self.key(credential) {
            self.shared.forget(&key).await;
        }
    }

    /// Forgets all sessions.
    pub fn forget_all(&self) {
        self.shared.forget_all();
    }

    /// By what a credential's session is found. `None` where there is no credential, or one that
    /// can't be: the client refuses it without a request.
    fn key(&self, credential: &Credential) -> Option<[u8; blake3::OUT_LEN]> {
        let mut hasher = blake3::Hasher::new_keyed(&self.hash_key);
        match credential {
            Credential::Token(token) => hasher.update(b"token ").update(token.expose().as_bytes()),
            Credential::Cookie(cookie) => {
                hasher.update(b"cookie ").update(cookie.expose().as_bytes())
            }
            Credential::CookieHeader(header) => {
                let cookie = CookieHeader::session_cookie(header, &self.cookie)?.ok()?;
                hasher.update(b"cookie ").update(cookie.expose().as_bytes())
            }
        };
        Some(*hasher.finalize().as_bytes())
    }

    fn lifespan(&self, whoami: &Whoami) -> Duration {
        let Whoami::Active(session) = whoami else { return Duration::ZERO };
        allowed(session).map_or(Duration::ZERO, |allowed| allowed.min(self.max_age))
    }
}

/// How long a session may be kept: for as long as the server says, and not beyond its end.
fn allowed(session: &Arc<Session>) -> Option<Duration> {
    let left = session.expires_at?.duration_since(Timestamp::now());
    // A negative duration has no unsigned form: the session is over.
    let left = Duration::try_from(left).ok()?;
    Some(session.cache_for?.min(left))
}

#[async_trait]
impl<S: Sessions> Sessions for CachedSessions<S> {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        let Some(key) = self.key(credential) else { return self.inner.whoami(credential).await };
        if let Some(kept) = self.shared.kept(&key).await {
            return Ok(kept);
        }
        let fetch = async {
            let whoami = self.inner.whoami(credential).await?;
            let lifespan = self.lifespan(&whoami);
            Ok((whoami, lifespan))
        };
        self.shared.get(key, fetch).await
    }
}
