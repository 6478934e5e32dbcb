//! What a person shows to be recognised.

use crate::{
    cookie_header::CookieHeader,
    session_secret::{CookieName, SessionCookie, SessionToken},
};
use http::{HeaderName, HeaderValue, header::COOKIE};
use ory_http::{InvalidSecret, secret_header};

pub(crate) const SESSION_TOKEN: HeaderName = HeaderName::from_static("x-session-token");

/// What a person shows to be recognised: a browser's cookie, or a native app's token.
///
/// `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The value of the session cookie.
    Cookie(SessionCookie),
    /// The cookies of a request, of which only the session cookie is used.
    CookieHeader(CookieHeader),
    /// A session token.
    Token(SessionToken),
}

impl Credential {
    /// The cookies of a request: the values of all its `Cookie` headers, of which HTTP/2 allows
    /// several. They are not looked at until the client, which knows the name of the session
    /// cookie, picks that one out.
    ///
    /// ```
    /// use http::header::{COOKIE, HeaderMap};
    /// use kratos_client::Credential;
    ///
    /// fn credential(headers: &HeaderMap) -> Credential {
    ///     Credential::from_cookie_headers(headers.get_all(COOKIE))
    /// }
    /// ```
    pub fn from_cookie_headers(headers: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        Self::CookieHeader(CookieHeader::from_headers(headers))
    }

    /// Writes, piece by piece, the value of the header by which the credential is sent: the session
    /// cookie or the token, nothing else. `None` where a cookie header holds no session cookie.
    pub(crate) fn write_header(
        &self,
        cookie: &CookieName,
        write: &mut impl FnMut(&str),
    ) -> Result<Option<HeaderName>, InvalidSecret> {
        match self {
            Self::Token(token) => {
                write(token.expose());
                return Ok(Some(SESSION_TOKEN));
            }
            Self::Cookie(value) => {
                [cookie.as_str(), "=", value.expose()].into_iter().for_each(write);
            }
            Self::CookieHeader(header) => {
                if !header.write_session_cookies(cookie, write)? {
                    return Ok(None);
                }
            }
        }
        Ok(Some(COOKIE))
    }

    /// Writes, piece by piece, all of the credential, and gives a name for its kind.
    #[cfg(feature = "cache")]
    pub(crate) fn write_whole(&self, write: &mut impl FnMut(&str)) -> &'static str {
        match self {
            Self::Token(token) => {
                write(token.expose());
                "token"
            }
            Self::Cookie(value) => {
                write(value.expose());
                "cookie"
            }
            Self::CookieHeader(header) => {
                write(header.expose());
                "cookie header"
            }
        }
    }

    /// The header by which the credential is sent.
    pub(crate) fn header(
        &self,
        cookie: &CookieName,
    ) -> Result<Option<(HeaderName, HeaderValue)>, InvalidSecret> {
        let mut value = String::with_capacity(256);
        let name = self.write_header(cookie, &mut |piece| value.push_str(piece))?;
        Ok(name.map(|name| (name, secret_header(&value))))
    }
}

impl From<SessionCookie> for Credential {
    fn from(cookie: SessionCookie) -> Self {
        Self::Cookie(cookie)
    }
}

impl From<CookieHeader> for Credential {
    fn from(header: CookieHeader) -> Self {
        Self::CookieHeader(header)
    }
}

impl From<SessionToken> for Credential {
    fn from(token: SessionToken) -> Self {
        Self::Token(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_nothing() {
        let token = SessionToken::new("planted").unwrap();
        let cookie = SessionCookie::new("planted").unwrap();
        let shown = format!(
            "{token:?} {cookie:?} {:?} {:?}",
            Credential::from_cookie_headers(["ory_kratos_session=planted"]),
            Credential::from(cookie.clone()).header(&CookieName::default()),
        );
        assert!(!shown.contains("planted"), "{shown}");
    }
}
