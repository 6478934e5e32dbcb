//! The keys of a JSON Web Key Set: cached, and fetched again when a token names an unknown one.

use crate::jwt::verifier::TokenError;
use http::{Method, StatusCode};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, Jwk, PublicKeyUse},
};
use ory_http::{Endpoint, Error, Instant};
use serde::Deserialize;
use serde_json::Value;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::sync::Mutex;

/// A key, and what it may verify.
pub(super) struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    pub(super) decoding: DecodingKey,
}

pub(super) struct Keys {
    endpoint: Endpoint,
    min_interval: Duration,
    max_age: Duration,
    known: RwLock<Known>,
    tries: Mutex<Tries>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The keys of the last fetch that succeeded.
#[derive(Clone, Default)]
struct Known {
    keys: Arc<[Key]>,
    fetched: Option<Instant>,
}

/// When the keys were last fetched or tried to be, and the error of that.
#[derive(Default)]
struct Tries {
    last: Option<Instant>,
    error: Option<Error>,
}

impl Known {
    /// The keys, if the one of a token is among them, and they are not older than this.
    fn for_token(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        max_age: Duration,
    ) -> Option<Arc<[Key]>> {
        let is_known = self.keys.iter().any(|key| key.fits(id, algorithm));
        let is_old = self.fetched.is_none_or(|at| at.elapsed() >= max_age);
        (is_known && !is_old).then(|| self.keys.clone())
    }
}

impl Keys {
    pub(super) fn new(endpoint: Endpoint, min_interval: Duration, max_age: Duration) -> Self {
        Self { endpoint, min_interval, max_age, known: RwLock::default(), tries: Mutex::default() }
    }

    /// The keys among which the one of a token is. Concurrent callers share a fetch, and those with a
    /// known key do not wait for it.
    pub(super) async fn for_token(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<[Key]>, TokenError> {
        let fresh = || self.known().for_token(id, algorithm, self.max_age);
        // Keys that are older than this verify nothing: they may be revoked.
        let usable = || self.known().for_token(id, algorithm, self.max_age * 2);
        if let Some(keys) = fresh() {
            return Ok(keys);
        }
        let mut tries = match (self.tries.try_lock(), usable()) {
            (Ok(tries), _) => tries,
            (Err(_), Some(keys)) => return Ok(keys),
            (Err(_), None) => self.tries.lock().await,
        };
        // Another caller may have fetched them meanwhile.
        let may_fetch = tries.last.is_none_or(|at| at.elapsed() >= self.min_interval);
        if may_fetch && fresh().is_none() {
            tries.last = Some(Instant::now());
            match self.fetch().await {
                Ok(keys) => {
                    tries.error = None;
                    let known = Known { keys, fetched: Some(Instant::now()) };
                    *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
                }
                Err(error) => tries.error = Some(error),
            }
        }
        usable().ok_or_else(|| match &tries.error {
            Some(error) => TokenError::Unavailable(error.clone()),
            None => TokenError::Invalid,
        })
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) -> Result<Arc<[Key]>, Error> {
        let request = self.endpoint.request("fetch JWKS", Method::GET, "");
        let response = self.endpoint.send(request).await?.expect(StatusCode::OK)?;
        // A key of a kind that this version does not know must not hide the others.
        let KeySet { keys } = response.json()?;
        let known = keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(known.filter_map(|key: Jwk| Key::new(&key)).collect())
    }
}

impl Key {
    fn new(key: &Jwk) -> Option<Self> {
        let is_for_signatures =
            matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
        let is_public = !matches!(key.algorithm, AlgorithmParameters::OctetKey(_));
        Some(Self {
            id: key.common.key_id.clone(),
            algorithm: key.common.key_algorithm.map(|algorithm| algorithm.to_string()),
            decoding: DecodingKey::from_jwk(key).ok()?,
        })
        .filter(|_| is_for_signatures && is_public)
    }

    /// Whether the key can be that of a token: a token that names a key needs that one.
    pub(super) fn fits(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        let is_named = id.is_none() || self.id.as_deref() == id;
        let name = format!("{algorithm:?}");
        is_named && self.algorithm.as_ref().is_none_or(|algorithm| *algorithm == name)
    }
}
