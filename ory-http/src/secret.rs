//! API keys, and headers marked sensitive.

use http::HeaderValue;

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

/// Validates that a secret is not empty and contains only allowed bytes. Callers allow visible
/// ASCII at most, so that every secret is a valid header value.
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
