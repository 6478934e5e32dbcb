//! Sessions that are shared and kept for a time.

use crate::{
    api::sessions::{Sessions, Whoami},
    credential::Credential,
    http::KratosClient,
    model::session::Session,
};
use async_trait::async_trait;
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::Error;
use ory_http::SingleFlightCache;
use std::{sync::Arc, time::Duration};

/// A [`Sessions`] over a client whose answers are shared: callers that show the same credential at
/// the same time share one request, and an active session is kept for as long as the server allows.
///
/// **What a cache of sessions risks:** a session that is revoked, or whose identity is disabled,
/// still counts until its entry ends: at most [`CachedSessions::max_age`], and at most the seconds
/// that the server allows by `Ory-Session-Cache-For`, both counted from when the server was asked.
/// Without that header, which servers send only with `feature_flags.cacheable_sessions`, nothing is
/// kept. Only an active session is: no session, a missing second factor and every error are asked
/// for again each time.
///
/// Call [`CachedSessions::forget`] when somebody logs out. Other processes keep their own cache.
///
/// Entries are found by a keyed BLAKE3 hash of what the client would send to Kratos, so that no
/// credential stays in memory for their sake, and none can be mistaken for another.
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
pub struct CachedSessions {
    client: KratosClient,
    max_age: Duration,
    #[debug(skip)]
    hash_key: Key,
    #[debug(skip)]
    shared: SingleFlightCache<Key, Whoami>,
}

type Key = [u8; blake3::OUT_LEN];

impl CachedSessions {
    /// Keeps up to 10,000 sessions, each for at most a minute.
    pub fn new(client: KratosClient) -> Self {
        Self {
            client,
            max_age: Duration::from_mins(1),
            hash_key: rand::random(),
            shared: SingleFlightCache::new(10_000),
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
        self.shared = SingleFlightCache::new(sessions);
        self
    }

    /// Forgets the session of a credential, such as when somebody logs out. Who asks after this is
    /// answered anew.
    pub fn forget(&self, credential: &Credential) {
        if let Some(key) = self.key(credential) {
            self.shared.forget(&key);
        }
    }

    /// Forgets all sessions.
    pub fn forget_all(&self) {
        self.shared.forget_all();
    }

    /// By what a credential's session is found: the header that the client would send for it.
    /// `None` where it would send nothing.
    fn key(&self, credential: &Credential) -> Option<Key> {
        let mut hasher = blake3::Hasher::new_keyed(&self.hash_key);
        let mut write = |piece: &str| {
            hasher.update(piece.as_bytes());
        };
        let name = credential.write_header(self.client.cookie(), &mut write).ok()??;
        // A value has no zero byte, so that what comes after one is the name.
        hasher.update(b"\0").update(name.as_str().as_bytes());
        Some(*hasher.finalize().as_bytes())
    }

    /// The session that is kept for a credential, without asking anybody. [`Sessions::whoami`]
    /// looks here first.
    pub fn kept(&self, credential: &Credential) -> Option<Whoami> {
        self.shared.kept(&self.key(credential)?)
    }

    async fn fetch(&self, key: Key, credential: &Credential) -> Result<Whoami, Error> {
        let fetch = async {
            let whoami = self.client.whoami(credential).await?;
            let lifespan = self.lifespan(&whoami);
            Ok((whoami, lifespan))
        };
        self.shared.fetch(key, fetch).await
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
impl Sessions for CachedSessions {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        let Some(key) = self.key(credential) else { return self.client.whoami(credential).await };
        match self.shared.kept(&key) {
            Some(kept) => Ok(kept),
            // In a box of its own, for it is large and seldom wanted.
            None => Box::pin(self.fetch(key, credential)).await,
        }
    }
}
