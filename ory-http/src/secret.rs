//! API keys, and headers marked sensitive.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderValue;
use std::str::FromStr;

/// A value that is not a valid secret. The message does not contain the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// The value is empty.
    #[error("is empty")]
    Empty,
    /// The value contains a character that is not allowed in a header.
    #[error("contains a character at byte {offset} that is not allowed in a header")]
    IllegalCharacter {
        /// The position of the character in bytes, from 0.
        offset: usize,
    },
    /// The value is a session token, where an API key is expected. Kratos would use it as the
    /// session of every request that has none.
    #[error("is a session token, not an API key")]
    SessionToken,
    /// The value is another token, where a session token is expected.
    #[error("is an API key or another token, not a session token")]
    NotSessionToken,
}

/// An API key of Ory Network, or another bearer token, sent as `Authorization: Bearer …`.
///
/// `Debug` does not show it. A client for Ory Kratos sends it to the admin API only, because the
/// public API could take it for the credential of a user.
///
/// See <https://www.ory.com/docs/concepts/personal-access-token>.
#[derive(Clone, Debug)]
pub struct ApiKey(HeaderValue);

impl ApiKey {
    /// Creates an API key.
    ///
    /// # Errors
    /// Returns an error if the key is empty, contains a character that is not visible ASCII, or is a
    /// session token.
    ///
    /// ```
    /// use ory_http::{ApiKey, InvalidSecret};
    ///
    /// let key = ApiKey::new("ory_pat_example").unwrap();
    /// assert!(!format!("{key:?}").contains("example"));
    /// assert_eq!(ApiKey::new("two\nlines").unwrap_err(), InvalidSecret::IllegalCharacter { offset: 3 });
    /// ```
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidSecret> {
        let key = key.into();
        if key.starts_with("ory_st_") {
            return Err(InvalidSecret::SessionToken);
        }
        validate_secret(&key, |byte| byte.is_ascii_graphic())?;
        Ok(Self(secret_header(&format!("Bearer {key}"))))
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// A user name and a password, sent as `Authorization: Basic …` (RFC 7617).
///
/// `Debug` does not show them.
#[derive(Clone, Debug)]
pub struct BasicAuth(HeaderValue);

impl BasicAuth {
    /// Creates credentials.
    ///
    /// # Errors
    /// Returns an error if the user name contains a colon, or either contains a control character.
    ///
    /// ```
    /// use ory_http::BasicAuth;
    ///
    /// let ann = BasicAuth::new("ann", "s3cret").unwrap();
    /// assert!(!format!("{ann:?}").contains("s3cret"));
    /// assert!(BasicAuth::new("ann:", "s3cret").is_err());
    /// ```
    pub fn new(user: &str, password: &str) -> Result<Self, InvalidSecret> {
        let colon = user.find(':');
        let control = |text: &str| text.find(|c: char| c.is_control());
        let in_password = || control(password).map(|at| user.len() + 1 + at);
        if let Some(at) = colon.or_else(|| control(user)).or_else(in_password) {
            return Err(InvalidSecret::IllegalCharacter { offset: at });
        }
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        Ok(Self(secret_header(&format!("Basic {encoded}"))))
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl FromStr for BasicAuth {
    type Err = InvalidSecret;

    /// Parses `user:password`.
    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let (user, password) = text.split_once(':').ok_or(InvalidSecret::Empty)?;
        Self::new(user, password)
    }
}

/// Validates that a secret is not empty and contains only allowed bytes. Callers allow visible ASCII at
/// most, so that every secret is a valid header value.
///
/// # Errors
/// Returns [`InvalidSecret::Empty`] or [`InvalidSecret::IllegalCharacter`].
pub fn validate_secret(value: &str, allowed: impl Fn(u8) -> bool) -> Result<(), InvalidSecret> {
    if value.is_empty() {
        return Err(InvalidSecret::Empty);
    }
    match value.bytes().position(|byte| !allowed(byte)) {
        Some(offset) => Err(InvalidSecret::IllegalCharacter { offset }),
        None => Ok(()),
    }
}

/// Creates a header value that is marked sensitive, so that `Debug` does not show it.
///
/// # Panics
/// Panics if the text contains a control character. Callers pass validated secrets.
pub fn secret_header(text: &str) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "the callers' types admit visible ASCII only")]
    let mut value = HeaderValue::from_str(text).expect("validated when the secret was made");
    value.set_sensitive(true);
    value
}
