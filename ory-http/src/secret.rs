//! Secrets, and the one way in which they leave: as a header marked sensitive.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderValue;
use std::str::FromStr;

/// A value that can't be a secret of its kind. It names what is wrong and never shows the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// The value has no characters.
    #[error("is empty")]
    Empty,
    /// The value has a character that could end or split a header.
    #[error("has a character at byte {at} that no header may carry")]
    IllegalCharacter {
        /// Where, counted in bytes from 0.
        at: usize,
    },
    /// A person's session token where an API key was expected: Kratos would take it for the
    /// session of every request that brings none.
    #[error("is a session token, not an API key")]
    SessionToken,
    /// Another token where a person's session token was expected.
    #[error("is an API key or another token, not a session token")]
    NotSessionToken,
}

/// An Ory Network API key or another bearer token, sent as `Authorization: Bearer …`.
///
/// `Debug` shows no part of it. Kratos's client sends it to the admin API only: on a person's behalf
/// a server could take it for the person's credential.
///
/// See <https://www.ory.com/docs/concepts/personal-access-token>.
#[derive(Clone, Debug)]
pub struct ApiKey(HeaderValue);

impl ApiKey {
    /// Takes a key.
    ///
    /// ```
    /// use ory_http::{ApiKey, InvalidSecret};
    ///
    /// let key = ApiKey::new("ory_pat_example").unwrap();
    /// assert!(!format!("{key:?}").contains("example"));
    /// assert_eq!(ApiKey::new("two\nlines").unwrap_err(), InvalidSecret::IllegalCharacter { at: 3 });
    /// ```
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidSecret> {
        let key = key.into();
        if key.starts_with("ory_st_") {
            return Err(InvalidSecret::SessionToken);
        }
        check_secret(&key, |byte| byte.is_ascii_graphic())?;
        Ok(Self(secret_header(&format!("Bearer {key}"))))
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// A user name and a password, sent as `Authorization: Basic …` (RFC 7617).
///
/// `Debug` shows no part of them.
#[derive(Clone, Debug)]
pub struct BasicAuth(HeaderValue);

impl BasicAuth {
    /// Takes a user name and a password.
    ///
    /// # Errors
    /// If the user name has a colon, which would end it, or one of them has a control character.
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
            return Err(InvalidSecret::IllegalCharacter { at });
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

    /// Reads `user:password`.
    fn from_str(text: &str) -> Result<Self, InvalidSecret> {
        let (user, password) = text.split_once(':').ok_or(InvalidSecret::Empty)?;
        Self::new(user, password)
    }
}

/// Refuses an empty value and one with a byte that is not allowed. What a client allows is visible
/// ASCII at most, so that every secret can stand in a header.
pub fn check_secret(value: &str, allowed: impl Fn(u8) -> bool) -> Result<(), InvalidSecret> {
    if value.is_empty() {
        return Err(InvalidSecret::Empty);
    }
    match value.bytes().position(|byte| !allowed(byte)) {
        Some(at) => Err(InvalidSecret::IllegalCharacter { at }),
        None => Ok(()),
    }
}

/// A header value that no `Debug` shows.
///
/// # Panics
/// If the text has a control character: callers pass text that their own type has validated.
pub fn secret_header(text: &str) -> HeaderValue {
    #[expect(clippy::expect_used, reason = "the callers' types admit visible ASCII only")]
    let mut value = HeaderValue::from_str(text).expect("validated when the secret was made");
    value.set_sensitive(true);
    value
}
