//! The name and value of the session cookie, and the session token.

use http::HeaderValue;
use ory_http::{InvalidSecret, secret_header, validate_secret};
use secrecy::{ExposeSecret, SecretString};
use std::str::FromStr;
use subtle::ConstantTimeEq;

/// The value of the session cookie. `Debug` redacts it.
#[derive(Clone, Debug)]
pub struct SessionCookie(SecretString);

impl SessionCookie {
    /// Creates it from the value of a cookie.
    ///
    /// # Errors
    /// The value is empty or contains a character that is invalid in a cookie, such as `;` or a line
    /// break.
    ///
    /// ```
    /// use kratos_client::{InvalidSecret, SessionCookie};
    ///
    /// assert!(SessionCookie::new("MTc5NTU2NzYwNXxi==").is_ok());
    /// let error = SessionCookie::new("a;b=c").unwrap_err();
    /// assert_eq!(error, InvalidSecret::IllegalCharacter { offset: 1 });
    /// ```
    pub fn new(value: impl Into<String>) -> Result<Self, InvalidSecret> {
        let value = value.into();
        Self::check(&value)?;
        Ok(Self(value.into()))
    }

    /// The secret value. Do not log it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn check(value: &str) -> Result<(), InvalidSecret> {
        validate_secret(value, |byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
    }
}

/// The session token of a native app, which starts with `ory_st_` since Kratos v0.9. `Debug` redacts it.
///
/// See <https://www.ory.com/docs/kratos/concepts/api-sessions>.
#[derive(Clone, Debug)]
pub struct SessionToken(SecretString);

impl SessionToken {
    /// Creates it from a token.
    ///
    /// # Errors
    /// The token is empty, contains a character that is invalid in a header, or is of another kind, such
    /// as an API key of Ory or a JWT.
    pub fn new(token: impl Into<String>) -> Result<Self, InvalidSecret> {
        let token = token.into();
        validate_secret(&token, |byte| byte.is_ascii_graphic())?;
        let is_other_of_ory = token.starts_with("ory_") && !token.starts_with("ory_st_");
        if is_other_of_ory || (token.starts_with("eyJ") && token.contains('.')) {
            return Err(InvalidSecret::NotSessionToken);
        }
        Ok(Self(token.into()))
    }

    /// The secret token. Do not log it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        secret_header(self.expose())
    }
}

impl FromStr for SessionCookie {
    type Err = InvalidSecret;

    fn from_str(value: &str) -> Result<Self, InvalidSecret> {
        Self::new(value)
    }
}

impl FromStr for SessionToken {
    type Err = InvalidSecret;

    fn from_str(token: &str) -> Result<Self, InvalidSecret> {
        Self::new(token)
    }
}

/// Compares in constant time.
impl PartialEq for SessionToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

/// The name of the session cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CookieName(String);

/// The error of a text that is not a valid cookie name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cookie's name: letters, digits, '_', '-' and '.' only")]
pub(crate) struct InvalidCookieName;

impl CookieName {
    pub(crate) fn new(name: impl Into<String>) -> Result<Self, InvalidCookieName> {
        let name = name.into();
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if name.is_empty() || !name.bytes().all(legal) {
            return Err(InvalidCookieName);
        }
        Ok(Self(name))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for CookieName {
    fn default() -> Self {
        Self("ory_kratos_session".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_could_split_a_header() {
        assert!(SessionToken::new("a\nb").is_err());
        assert!(SessionToken::new("").is_err());
        assert!(SessionCookie::new("a\r\nX: y").is_err());
    }
}
