//! The session cookie, by name and value, and the session token.

use http::HeaderValue;
use ory_http::{InvalidSecret, check_secret, secret_header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// The value of the session cookie.
#[derive(Clone, Debug)]
pub struct SessionCookie(SecretString);

impl SessionCookie {
    /// Takes a cookie's value.
    ///
    /// # Errors
    /// If it is empty or has a character that no cookie may have, such as `;` or a line break.
    ///
    /// ```
    /// use kratos_client::{InvalidSecret, SessionCookie};
    ///
    /// assert!(SessionCookie::new("MTc5NTU2NzYwNXxi==").is_ok());
    /// let error = SessionCookie::new("a;b=c").unwrap_err();
    /// assert_eq!(error, InvalidSecret::IllegalCharacter { at: 1 });
    /// ```
    pub fn new(value: impl Into<String>) -> Result<Self, InvalidSecret> {
        let value = value.into();
        Self::check(&value)?;
        Ok(Self(value.into()))
    }

    /// The value, for where a server passes it on.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn check(value: &str) -> Result<(), InvalidSecret> {
        check_secret(value, |byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte))
    }
}

/// The session token of a native app. Today's start with `ory_st_`.
///
/// See <https://www.ory.com/docs/kratos/concepts/api-sessions>.
#[derive(Clone, Debug)]
pub struct SessionToken(SecretString);

impl SessionToken {
    /// Takes a token.
    ///
    /// # Errors
    /// If it is empty, has a character that no header may carry, or is another kind of token: one of
    /// Ory's that does not begin with `ory_st_`, such as an API key, or a JWT.
    pub fn new(token: impl Into<String>) -> Result<Self, InvalidSecret> {
        let token = token.into();
        check_secret(&token, |byte| byte.is_ascii_graphic())?;
        let is_other_of_ory = token.starts_with("ory_") && !token.starts_with("ory_st_");
        if is_other_of_ory || (token.starts_with("eyJ") && token.contains('.')) {
            return Err(InvalidSecret::NotSessionToken);
        }
        Ok(Self(token.into()))
    }

    /// The token, for where an app keeps it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        secret_header(self.expose())
    }
}

/// Takes the same time wherever the tokens differ.
impl PartialEq for SessionToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

/// The name of the session cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CookieName(String);

/// A text that can't name a cookie.
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
