//! What a person shows to be recognised.

use http::{HeaderName, HeaderValue, header::COOKIE};
use ory_http::InvalidSecret;
use ory_http::{check_secret, secret_header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

pub(crate) const SESSION_TOKEN: HeaderName = HeaderName::from_static("x-session-token");

/// What a person shows to be recognised: a browser's cookie, or a native app's token.
///
/// `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The value of the session cookie.
    Cookie(SessionCookie),
    /// A whole `Cookie` header, of which only the session cookie is used.
    CookieHeader(CookieHeader),
    /// A session token.
    Token(SessionToken),
}

impl Credential {
    /// A whole `Cookie` header as a browser sent it. It is not looked at until the client, which
    /// knows the name of the session cookie, picks that one out.
    pub fn cookie_header(header: impl AsRef<[u8]>) -> Self {
        Self::CookieHeader(CookieHeader::new(header))
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
            Self::Cookie(value) => [&cookie.0, "=", value.expose()].into_iter().for_each(write),
            Self::CookieHeader(header) => {
                if !header.write_session_cookies(cookie, write)? {
                    return Ok(None);
                }
            }
        }
        Ok(Some(COOKIE))
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

impl From<SessionToken> for Credential {
    fn from(token: SessionToken) -> Self {
        Self::Token(token)
    }
}

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

    fn check(value: &str) -> Result<(), InvalidSecret> {
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
    /// If it is empty or has a character that no header may carry.
    pub fn new(token: impl Into<String>) -> Result<Self, InvalidSecret> {
        let token = token.into();
        check_secret(&token, |byte| byte.is_ascii_graphic())?;
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

/// A whole `Cookie` header.
#[derive(Clone, Debug)]
pub struct CookieHeader(SecretString);

impl CookieHeader {
    /// Takes a header as a browser sent it; it is not looked at yet.
    pub fn new(header: impl AsRef<[u8]>) -> Self {
        Self(String::from_utf8_lossy(header.as_ref()).into_owned().into())
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.expose_secret().split(';').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.trim_matches(SPACE), value.trim_matches(SPACE)))
    }

    /// The cookies that Kratos needs in a browser's flow, as one header: the session cookie and
    /// its own for anti-CSRF and continuity. `None` where there is none of them.
    pub(crate) fn flow_cookies(
        &self,
        session: &CookieName,
    ) -> Result<Option<HeaderValue>, InvalidSecret> {
        let needed = |name: &str| {
            name == session.0 || name.starts_with("csrf_token_") || name == "ory_kratos_continuity"
        };
        let mut header = String::new();
        let wanted = self.pairs().filter(|(name, value)| needed(name) && !value.is_empty());
        for (name, value) in wanted {
            check_secret(name, is_token)?;
            check_secret(value, |byte| byte.is_ascii_graphic() && byte != b',')?;
            let divider = if header.is_empty() { "" } else { "; " };
            header.extend([divider, name, "=", value]);
        }
        Ok((!header.is_empty()).then(|| secret_header(&header)))
    }

    /// Every session cookie in the header, as one header: a browser can have several of that name,
    /// of different paths or domains, and only the server knows which of them is one of its own.
    /// Written piece by piece. False where there is none; an error where all of them have
    /// characters that no cookie has.
    fn write_session_cookies(
        &self,
        name: &CookieName,
        write: &mut impl FnMut(&str),
    ) -> Result<bool, InvalidSecret> {
        let mut written = false;
        let mut refused = None;
        for (_, value) in self.pairs().filter(|(key, value)| *key == name.0 && !value.is_empty()) {
            // A cookie may be quoted; the quotes are not part of the value.
            let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let value = unquoted.unwrap_or(value);
            match SessionCookie::check(value) {
                Ok(()) => {
                    let divider = if written { "; " } else { "" };
                    [divider, &name.0, "=", value].into_iter().for_each(&mut *write);
                    written = true;
                }
                Err(problem) => refused = Some(problem),
            }
        }
        match refused {
            Some(problem) if !written => Err(problem),
            _ => Ok(written),
        }
    }
}

/// What may stand around a cookie, and nothing else. A browser lets a site set a cookie whose name
/// begins with another kind of space where it would not let it set the one without.
const SPACE: [char; 2] = [' ', '\t'];

/// What a cookie's name is made of: RFC 9110's tchar. Some servers take a comma for a divider.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
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
}

impl Default for CookieName {
    fn default() -> Self {
        Self("ory_kratos_session".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pick(header: &str) -> Result<Option<String>, InvalidSecret> {
        let picked = Credential::cookie_header(header).header(&CookieName::default())?;
        Ok(picked.map(|(_, value)| value.to_str().unwrap().replace("ory_kratos_session=", "")))
    }

    #[test]
    fn picks_the_session_cookies_and_nothing_else() {
        for (header, value) in [
            ("ory_kratos_session=abc", Some("abc")),
            ("a=b; ory_kratos_session=abc==; c=d", Some("abc==")),
            ("a=b;ory_kratos_session=abc;", Some("abc")),
            ("ory_kratos_session=\"abc\"", Some("abc")),
            ("ory_kratos_session=first; x=y; ory_kratos_session=second", Some("first; second")),
            ("ory_kratos_session=; ory_kratos_session=second", Some("second")),
            ("ory_kratos_session=a b; ory_kratos_session=second", Some("second")),
            ("", None),
            ("ory_kratos_session", None),
            ("ory_kratos_session=", None),
            ("xory_kratos_session=abc", None),
            ("\u{a0}ory_kratos_session=abc", None),
            ("\tory_kratos_session\t=\tabc ", Some("abc")),
            ("a=ory_kratos_session=abc", None),
            (";;=;", None),
        ] {
            assert_eq!(pick(header).unwrap().as_deref(), value, "{header}");
        }
    }

    #[test]
    fn refuses_what_could_split_a_header() {
        for header in
            ["ory_kratos_session=a\r\nX: y", "ory_kratos_session=a b", "ory_kratos_session=\u{e9}"]
        {
            assert!(matches!(pick(header), Err(InvalidSecret::IllegalCharacter { .. })));
        }
        assert!(SessionToken::new("a\nb").is_err());
        assert!(SessionToken::new("").is_err());
        assert!(CookieName::new("a=b; c").is_err());
    }

    #[test]
    fn a_flow_gets_what_kratos_set_and_nothing_else() {
        let header = CookieHeader::new(
            "a=b; csrf_token_1=x/y+z=; ory_kratos_session=s; other=csrf_token_2=t",
        );
        let header = header.flow_cookies(&CookieName::default()).unwrap().unwrap();
        assert_eq!(header.to_str().unwrap(), "csrf_token_1=x/y+z=; ory_kratos_session=s");
        let none = CookieHeader::new("a=b; ory_kratos_session=");
        let none = none.flow_cookies(&CookieName::default());
        assert_eq!(none, Ok(None));
        let odd = CookieHeader::new("csrf_token_1=a\r\nX: y").flow_cookies(&CookieName::default());
        assert!(odd.is_err());
        let two = CookieHeader::new("csrf_token_1,ory_kratos_session=a");
        assert!(two.flow_cookies(&CookieName::default()).is_err());
    }

    #[test]
    fn shows_nothing() {
        let token = SessionToken::new("planted").unwrap();
        let cookie = SessionCookie::new("planted").unwrap();
        let shown = format!(
            "{token:?} {cookie:?} {:?} {:?}",
            Credential::cookie_header("ory_kratos_session=planted"),
            Credential::from(cookie.clone()).header(&CookieName::default()),
        );
        assert!(!shown.contains("planted"), "{shown}");
    }

    proptest! {
        #[test]
        fn never_panics(header in any::<Vec<u8>>()) {
            let header = CookieHeader::new(header);
            let _ = header.flow_cookies(&CookieName::default());
            let _ = Credential::CookieHeader(header).header(&CookieName::default());
        }
    }
}
