//! Credentials of a user: a session cookie or a session token.

use crate::{
    cookie_header::CookieHeader,
    session_secret::{CookieName, SessionCookie, SessionToken},
};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, COOKIE},
};
use ory_http::{InvalidSecret, secret_header};

pub(crate) const SESSION_TOKEN: HeaderName = HeaderName::from_static("x-session-token");

/// The credential of a user: the session cookie of a browser, or the session token of a native app.
///
/// `Debug` redacts it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// The value of the session cookie.
    Cookie(SessionCookie),
    /// The cookies of a request. Only the session cookie is sent to Kratos.
    CookieHeader(CookieHeader),
    /// The cookies of a request, and a session token that is used if they contain no session cookie.
    CookieHeaderOrToken(CookieHeader, SessionToken),
    /// A session token.
    Token(SessionToken),
}

impl Credential {
    /// Creates a credential from the values of all `Cookie` headers of a request, of which HTTP/2 allows
    /// several. The client selects the session cookie by its name when it sends a request.
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

    /// Creates a credential from the headers of a request, in the order of precedence that Kratos uses:
    ///
    /// 1. `X-Session-Token`;
    /// 2. the session cookie in the `Cookie` headers;
    /// 3. `Authorization: Bearer`, if the token starts with `ory_st_`, as session tokens do. Other
    ///    tokens, such as API keys, JWTs and access tokens, are not sent to Kratos. The tokens of
    ///    Kratos v0.8 have no prefix, and are accepted in `X-Session-Token` only.
    ///
    /// The first one that is present is used, even if its session has expired. If there is none, if
    /// `X-Session-Token` is not a session token, or if there are two of them, the result is an empty
    /// credential, for which [`Sessions::whoami`](crate::Sessions::whoami) returns
    /// [`Whoami::NoSession`](crate::Whoami::NoSession).
    ///
    /// ```
    /// use http::HeaderMap;
    /// use kratos_client::Credential;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("authorization", "Bearer ory_st_example".parse().unwrap());
    /// assert!(matches!(Credential::from_headers(&headers), Credential::Token(_)));
    /// ```
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut tokens = session_tokens(headers);
        if let Some(token) = tokens.next() {
            let token = token.to_str().ok().and_then(|token| SessionToken::new(token).ok());
            return match token.filter(|_| tokens.next().is_none()) {
                Some(token) => Self::Token(token),
                None => Self::CookieHeader(CookieHeader::from_headers([""])),
            };
        }
        let cookies = CookieHeader::from_headers(headers.get_all(COOKIE));
        match bearer(headers) {
            Some(token) if headers.contains_key(COOKIE) => {
                Self::CookieHeaderOrToken(cookies, token)
            }
            Some(token) => Self::Token(token),
            None => Self::CookieHeader(cookies),
        }
    }

    /// Writes the value of the header that is sent, in pieces: the session cookie or the token. Returns
    /// `None` if a cookie header contains no session cookie.
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
            Self::CookieHeaderOrToken(header, token) => {
                if !header.write_session_cookies(cookie, write)? {
                    write(token.expose());
                    return Ok(Some(SESSION_TOKEN));
                }
            }
        }
        Ok(Some(COOKIE))
    }

    /// Writes the whole credential in pieces, and returns the name of its kind.
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
            Self::CookieHeaderOrToken(header, token) => {
                // A token contains no line break.
                [header.expose(), "\n", token.expose()].into_iter().for_each(write);
                "cookie header or token"
            }
        }
    }

    /// Returns the header that is sent.
    pub(crate) fn header(
        &self,
        cookie: &CookieName,
    ) -> Result<Option<(HeaderName, HeaderValue)>, InvalidSecret> {
        let mut value = String::with_capacity(256);
        let name = self.write_header(cookie, &mut |piece| value.push_str(piece))?;
        Ok(name.map(|name| (name, secret_header(&value))))
    }
}

/// The values of `X-Session-Token`. With any, a cookie is not used.
pub(crate) fn session_tokens(headers: &HeaderMap) -> impl Iterator<Item = &HeaderValue> {
    headers.get_all(SESSION_TOKEN).iter().filter(|token| !token.is_empty())
}

/// Returns the session token in the `Authorization` header of a request.
fn bearer(headers: &HeaderMap) -> Option<SessionToken> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let is_session_token = scheme.eq_ignore_ascii_case("bearer") && token.starts_with("ory_st_");
    SessionToken::new(token).ok().filter(|_| is_session_token)
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

    fn sent(headers: &[(&'static str, &'static str)]) -> Option<(HeaderName, HeaderValue)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        let credential = Credential::from_headers(&map);
        assert!(!format!("{credential:?}").contains("planted"));
        credential.header(&CookieName::default()).unwrap()
    }

    #[test]
    fn the_headers_of_a_request_count_in_kratos_order() {
        let (token, bearer) = ("ory_st_planted-1", ("authorization", "bearer ory_st_planted-2"));
        let header = ("x-session-token", token);
        let cookie = ("cookie", "a=b; ory_kratos_session=planted-3");
        let other = ("cookie", "a=b");
        let by_token = |token| Some((SESSION_TOKEN, HeaderValue::from_static(token)));
        let by_cookie = Some((COOKIE, HeaderValue::from_static("ory_kratos_session=planted-3")));
        for (headers, expected) in [
            (&[cookie, bearer, header][..], by_token(token)),
            (&[bearer, cookie], by_cookie.clone()),
            (&[bearer, other, cookie], by_cookie.clone()),
            (&[bearer, other], by_token("ory_st_planted-2")),
            (&[bearer], by_token("ory_st_planted-2")),
            (&[("x-session-token", ""), cookie], by_cookie.clone()),
            (
                &[("x-session-token", "0123456789abcdef0123456789abcdef")],
                by_token("0123456789abcdef0123456789abcdef"),
            ),
            (&[other], None),
            (&[], None),
        ] {
            assert_eq!(sent(headers), expected, "{headers:?}");
        }
    }

    /// Neither is another credential taken for a session token, nor a request whose token can't be
    /// one for that of somebody else.
    #[test]
    fn what_is_no_session_token_is_not_sent() {
        let jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.c2ln";
        for key in ["ory_pat_planted", "ory_apikey_planted", "ory_at_planted", jwt] {
            let bearer: &'static str = format!("Bearer {key}").leak();
            assert_eq!(sent(&[("authorization", bearer)]), None, "{key}");
            assert_eq!(sent(&[("authorization", bearer), ("cookie", "a=b")]), None, "{key}");
            let header = ("x-session-token", key);
            let cookie = ("cookie", "ory_kratos_session=planted");
            assert_eq!(sent(&[header, cookie]), None, "{key}");
            assert_eq!(SessionToken::new(key).unwrap_err(), InvalidSecret::NotSessionToken);
        }
        let odd = [
            &[("x-session-token", "ory_st_1"), ("x-session-token", "ory_st_2")][..],
            &[("x-session-token", "ory_st 1"), ("cookie", "ory_kratos_session=planted")],
            &[("authorization", "Bearer ory_st_1"), ("authorization", "Bearer ory_st_2")],
            &[("authorization", "Basic ory_st_1")],
            &[("authorization", "Bearer opaque-planted-token")],
            &[("authorization", "ory_st_1")],
        ];
        for headers in odd {
            assert_eq!(sent(headers), None, "{headers:?}");
        }
    }

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
