//! The verification of a token.

use crate::jwt::keys::Keys;
use derive_more::Debug;
use http::{HeaderMap, header::AUTHORIZATION};
use jsonwebtoken::{DecodingKey, Validation};
use ory_http::{ConfigError, Endpoints, Error, HttpConfig, Protocol, ReasonVisibility};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// An algorithm by which tokens are signed. Those with a shared secret are not among them: whoever can
/// verify such a token can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// `EdDSA` with Ed25519.
    EdDsa,
}

impl From<Algorithm> for jsonwebtoken::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::RS256,
            Algorithm::Rs384 => Self::RS384,
            Algorithm::Rs512 => Self::RS512,
            Algorithm::Ps256 => Self::PS256,
            Algorithm::Es256 => Self::ES256,
            Algorithm::Es384 => Self::ES384,
            Algorithm::EdDsa => Self::EdDSA,
        }
    }
}

/// Why a token is not accepted.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The request has no bearer token that is a JSON Web Token, or several.
    #[error("the request has no JSON Web Token")]
    Missing,
    /// The token is not valid: its signature, its key, its algorithm, its issuer, its audience or its
    /// time is not one that is accepted.
    #[error("the token is not valid")]
    Invalid,
    /// The keys could not be fetched, so that nobody knows whether the token is valid.
    #[error("the keys could not be fetched")]
    Unavailable(#[source] Error),
}

/// Verifies JSON Web Tokens by the keys of a JSON Web Key Set.
///
/// ```
/// use kratos_client::jwt::{Algorithm, JwtVerifier};
///
/// # fn main() -> Result<(), kratos_client::ConfigError> {
/// let tokens = JwtVerifier::builder("https://auth.example.test/.well-known/jwks.json")
///     .issuer("https://auth.example.test")
///     .audience("https://api.example.test")
///     .algorithms([Algorithm::Es256])
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// Keys are fetched when the first token comes, again after an hour, and when a token names an unknown
/// key. They are kept for another hour while they can't be fetched. Clones share the keys.
#[derive(Clone, Debug)]
pub struct JwtVerifier(#[debug(skip)] Arc<Inner>);

struct Inner {
    keys: Keys,
    validation: Validation,
}

/// The configuration of a [`JwtVerifier`].
#[derive(Clone, Debug)]
#[must_use]
pub struct JwtVerifierBuilder {
    jwks_url: String,
    issuer: Option<String>,
    audience: Option<String>,
    algorithms: Vec<Algorithm>,
    leeway: Duration,
    min_interval: Duration,
    http: HttpConfig,
}

impl JwtVerifier {
    /// Starts the configuration of a verifier with the URL of a JSON Web Key Set.
    pub fn builder(jwks_url: impl Into<String>) -> JwtVerifierBuilder {
        JwtVerifierBuilder {
            jwks_url: jwks_url.into(),
            issuer: None,
            audience: None,
            algorithms: Vec::new(),
            leeway: Duration::from_secs(30),
            min_interval: Duration::from_secs(30),
            http: HttpConfig::default(),
        }
    }

    /// Verifies a token and returns its claims.
    ///
    /// # Errors
    /// If the token is not valid, or if that can't be found out.
    pub async fn verify(&self, token: &str) -> Result<Value, TokenError> {
        let Inner { keys, validation } = &*self.0;
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        if !validation.algorithms.contains(&header.alg) {
            return Err(TokenError::Invalid);
        }
        // The key that is used has to be of the family of the one algorithm that the token names.
        let mut validation = validation.clone();
        validation.algorithms = vec![header.alg];
        let id = header.kid.as_deref();
        let keys = keys.for_token(id, header.alg).await?;
        let verify =
            |key: &DecodingKey| jsonwebtoken::decode::<Value>(token, key, &validation).ok();
        let fitting = keys.iter().filter(|key| key.fits(id, header.alg));
        let verified = fitting.map(|key| &key.decoding).find_map(verify);
        verified.map(|token| token.claims).ok_or(TokenError::Invalid)
    }

    /// Verifies the bearer token in the headers of a request.
    ///
    /// # Errors
    /// As [`JwtVerifier::verify`], and if there is no token.
    pub async fn verify_headers(&self, headers: &HeaderMap) -> Result<Value, TokenError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return Err(TokenError::Missing);
        };
        let (scheme, token) =
            value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or(TokenError::Missing)?;
        match scheme.eq_ignore_ascii_case("bearer") && token.split('.').count() == 3 {
            true => self.verify(token).await,
            false => Err(TokenError::Missing),
        }
    }
}

impl JwtVerifierBuilder {
    /// Sets the issuer that tokens must have. It is required.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Sets the audience that tokens must have. Without one, tokens must have none.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets the algorithms that are accepted. At least one is required.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Sets by how much clocks may differ when a token expires or begins: 30 seconds by default.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Sets how often keys are fetched at most for tokens that name unknown ones: every 30 seconds by
    /// default.
    pub fn min_fetch_interval(mut self, interval: Duration) -> Self {
        self.min_interval = interval;
        self
    }

    /// Sets limits, headers and connections of the fetch.
    pub fn http(mut self, config: HttpConfig) -> Self {
        self.http = config;
        self
    }

    /// Creates the verifier. Nothing is sent yet.
    ///
    /// # Errors
    /// If the issuer or the algorithms are missing, or if the URL is not valid.
    pub fn build(self) -> Result<JwtVerifier, ConfigError> {
        const JWKS_URL: &str = "the URL of the JWKS";
        let missing = |name: &str| ConfigError::new(name, "is not set");
        let issuer = self.issuer.ok_or_else(|| missing("the issuer of tokens"))?;
        let algorithms: Vec<jsonwebtoken::Algorithm> =
            self.algorithms.into_iter().map(Into::into).collect();
        let first = algorithms.first().ok_or_else(|| missing("the algorithms of tokens"))?;
        let mut validation = Validation::new(*first);
        validation.algorithms = algorithms;
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        let mut required = vec!["exp", "iss", "sub"];
        if let Some(audience) = self.audience {
            validation.set_audience(&[audience]);
            required.push("aud");
        }
        validation.set_required_spec_claims(&required);
        let mut endpoints = Endpoints::new(
            &self.http,
            ReasonVisibility::Hidden,
            concat!("kratos-client/", env!("CARGO_PKG_VERSION")),
        )?;
        let endpoint = endpoints.endpoint(JWKS_URL, &self.jwks_url, Protocol::Negotiated)?;
        let keys = Keys::new(endpoint, self.min_interval, MAX_AGE);
        Ok(JwtVerifier(Arc::new(Inner { keys, validation })))
    }
}

const MAX_AGE: Duration = Duration::from_hours(1);
