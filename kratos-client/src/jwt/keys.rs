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
use std::{sync::Arc, time::Duration};
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
    state: Mutex<State>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Default)]
struct State {
    keys: Arc<[Key]>,
    /// When the keys were fetched, and when that was last tried.
    fetched: Option<Instant>,
    tried: Option<Instant>,
    /// The error of the last try.
    error: Option<Error>,
}

impl Keys {
    pub(super) fn new(endpoint: Endpoint, min_interval: Duration, max_age: Duration) -> Self {
        Self { endpoint, min_interval, max_age, state: Mutex::default() }
    }

    /// The keys among which the one of a token is. Concurrent callers share a fetch.
    pub(super) async fn for_token(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Arc<[Key]>, TokenError> {
        let mut state = self.state.lock().await;
        let age = |at: Option<Instant>| at.map(|at| at.elapsed());
        let is_known = state.keys.iter().any(|key| key.fits(id, algorithm));
        let is_old = age(state.fetched).is_none_or(|age| age >= self.max_age);
        let may_fetch = age(state.tried).is_none_or(|age| age >= self.min_interval);
        if (!is_known || is_old) && may_fetch {
            state.tried = Some(Instant::now());
            match self.fetch().await {
                Ok(keys) => {
                    let fetched = Some(Instant::now());
                    *state = State { keys, fetched, tried: state.tried, error: None };
                }
                Err(error) => state.error = Some(error),
            }
        }
        // Keys that are older than they may be verify nothing: they may be revoked.
        let is_old = age(state.fetched).is_none_or(|age| age >= self.max_age * 2);
        match &state.error {
            _ if !is_old && state.keys.iter().any(|key| key.fits(id, algorithm)) => {
                Ok(state.keys.clone())
            }
            Some(error) => Err(TokenError::Unavailable(error.clone())),
            None => Err(TokenError::Invalid),
        }
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
