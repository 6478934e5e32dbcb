//! The cookies of a request, and the selection of those that are sent to Kratos.

mod diagnostics;

pub use diagnostics::SessionCookieDiagnostics;

use crate::session_secret::{CookieName, SessionCookie};
use http::HeaderValue;
use ory_http::{InvalidSecret, secret_header, validate_secret};
use secrecy::{ExposeSecret, SecretString};

/// The cookies of a request.
///
/// `Debug` redacts them.
#[derive(Clone, Debug)]
pub struct CookieHeader(SecretString);

impl CookieHeader {
    /// Creates it from the values of all `Cookie` headers of a request. Browsers send several over
    /// HTTP/2, and any of them can contain the session cookie.
    ///
    /// The values are not parsed yet.
    ///
    /// ```
    /// use http::header::{COOKIE, HeaderMap};
    /// use kratos_client::CookieHeader;
    ///
    /// fn cookies(headers: &HeaderMap) -> CookieHeader {
    ///     CookieHeader::from_headers(headers.get_all(COOKIE))
    /// }
    /// ```
    pub fn from_headers(headers: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        let mut joined = String::new();
        for header in headers {
            if !joined.is_empty() {
                joined.push_str("; ");
            }
            joined.push_str(&String::from_utf8_lossy(header.as_ref()));
        }
        Self(joined.into())
    }

    /// Looks for causes of a missing session after a login, such as in a login loop. The name of the
    /// session cookie is `ory_kratos_session` by default.
    ///
    /// ```
    /// use kratos_client::CookieHeader;
    ///
    /// let cookies = CookieHeader::from_headers(["ory_session_slug=secret; theme=dark"]);
    /// let findings = cookies.diagnose("ory_kratos_session");
    /// assert_eq!(findings.session_cookies, 0);
    /// assert_eq!(findings.similar_names, ["ory_session_slug"]);
    /// assert!(findings.is_suspicious() && !findings.to_string().contains("secret"));
    /// ```
    pub fn diagnose(&self, session_cookie: &str) -> SessionCookieDiagnostics {
        SessionCookieDiagnostics::new(self.pairs(), session_cookie)
    }

    #[cfg(feature = "cache")]
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.expose_secret().split(';').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.trim_matches(SPACE), value.trim_matches(SPACE)))
    }

    /// Returns a header with the cookies that Kratos needs in a browser flow: the session cookie, and
    /// the cookies for anti-CSRF and continuity. Cookies with invalid characters are omitted. Returns
    /// `None` if there are none.
    pub(crate) fn flow_cookies(&self, session: &CookieName) -> Option<HeaderValue> {
        self.header_of(|name| name == session.as_str() || is_flow_cookie(name))
    }

    /// Returns the cookie that identifies the browser that completed a test login.
    pub(crate) fn test_flow_cookie(&self) -> Option<HeaderValue> {
        self.header_of(|name| name == "ory_kratos_test_flow")
    }

    fn header_of(&self, wanted: impl Fn(&str) -> bool) -> Option<HeaderValue> {
        let mut header = String::new();
        for (name, value) in self.pairs().filter(|(name, _)| wanted(name)) {
            if can_be_sent(name, value) {
                let divider = if header.is_empty() { "" } else { "; " };
                header.extend([divider, name, "=", value]);
            }
        }
        (!header.is_empty()).then(|| secret_header(&header))
    }

    /// Writes a header with all session cookies, in pieces. A browser can have several of the same name,
    /// with different paths or domains, and only the server knows which of them is valid. Returns
    /// false if there is none.
    ///
    /// # Errors
    /// All of them contain invalid characters.
    pub(crate) fn write_session_cookies(
        &self,
        name: &CookieName,
        write: &mut impl FnMut(&str),
    ) -> Result<bool, InvalidSecret> {
        let mut written = false;
        let mut refused = None;
        for (_, value) in
            self.pairs().filter(|(key, value)| *key == name.as_str() && !value.is_empty())
        {
            match session_value(value) {
                Ok(value) => {
                    let divider = if written { "; " } else { "" };
                    [divider, name.as_str(), "=", value].into_iter().for_each(&mut *write);
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

/// Returns the value of a session cookie without its optional quotes.
fn session_value(value: &str) -> Result<&str, InvalidSecret> {
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = unquoted.unwrap_or(value);
    SessionCookie::check(value).map(|()| value)
}

/// Whether Kratos sets the cookie for its flows.
fn is_flow_cookie(name: &str) -> bool {
    name.starts_with("csrf_token_") || name == "ory_kratos_continuity"
}

/// Whether a cookie contains only valid characters.
fn can_be_sent(name: &str, value: &str) -> bool {
    let is_value = |byte: u8| byte.is_ascii_graphic() && byte != b',';
    validate_secret(name, is_token).and(validate_secret(value, is_value)).is_ok()
}

/// The only white space around a cookie. Browsers treat a name that starts with another kind of space
/// as another name, which a site may be allowed to set.
const SPACE: [char; 2] = [' ', '\t'];

/// Whether a byte can be part of a cookie name: `tchar` of RFC 9110. Some servers treat a comma as a
/// delimiter.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::Credential;
    use http::{HeaderMap, header::COOKIE};
    use proptest::prelude::*;

    fn pick(header: &str) -> Result<Option<String>, InvalidSecret> {
        let credential = Credential::from_cookie_headers([header]);
        let picked = credential.header(&CookieName::default())?;
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
    fn all_headers_of_a_request_count() {
        let mut headers = HeaderMap::new();
        let none = CookieHeader::from_headers(headers.get_all(COOKIE));
        assert_eq!(none.flow_cookies(&CookieName::default()), None);
        for value in ["theme=dark", "csrf_token_1=c", "ory_kratos_session=s"] {
            headers.append(COOKIE, HeaderValue::from_static(value));
        }
        let credential = Credential::from_cookie_headers(headers.get_all(COOKIE));
        let (_, picked) = credential.header(&CookieName::default()).unwrap().unwrap();
        assert_eq!(picked, "ory_kratos_session=s");
        let cookies = CookieHeader::from_headers(headers.get_all(COOKIE));
        let picked = cookies.flow_cookies(&CookieName::default()).unwrap();
        assert_eq!(picked, "csrf_token_1=c; ory_kratos_session=s");
    }

    #[test]
    fn refuses_what_could_split_a_header() {
        for header in
            ["ory_kratos_session=a\r\nX: y", "ory_kratos_session=a b", "ory_kratos_session=\u{e9}"]
        {
            assert!(matches!(pick(header), Err(InvalidSecret::IllegalCharacter { .. })));
        }
        assert!(CookieName::new("a=b; c").is_err());
    }

    fn flow(header: &str) -> Option<String> {
        let header = CookieHeader::from_headers([header]).flow_cookies(&CookieName::default())?;
        Some(header.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_flow_gets_what_kratos_set_and_nothing_else() {
        for (header, expected) in [
            (
                "a=b; csrf_token_1=x/y+z=; ory_kratos_session=s; other=csrf_token_2=t",
                Some("csrf_token_1=x/y+z=; ory_kratos_session=s"),
            ),
            ("a=b; ory_kratos_session=", None),
            ("ory_kratos_continuity=c", Some("ory_kratos_continuity=c")),
        ] {
            assert_eq!(flow(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn a_cookie_that_cannot_be_sent_keeps_no_other_one_back() {
        let sound = "csrf_token_1=c; ory_kratos_session=s";
        for odd in [
            "csrf_token_2=a\r\nX: y",
            "csrf_token_2=a b",
            "csrf_token_2=a,b",
            "csrf_token_2=\u{e9}",
            "csrf_token_,2=a",
            "csrf_token_\u{e9}=a",
            "csrf_token_1,ory_kratos_session=a",
            "ory_kratos_continuity=a b",
            "ory_kratos_session=a b",
        ] {
            assert_eq!(flow(&format!("{odd}; {sound}")).as_deref(), Some(sound), "{odd}");
            assert_eq!(flow(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(headers in any::<Vec<Vec<u8>>>()) {
            let header = CookieHeader::from_headers(&headers);
            let _ = header.flow_cookies(&CookieName::default());
            let _ = header.diagnose("ory_kratos_session").to_string();
            let _ = Credential::CookieHeader(header).header(&CookieName::default());
        }
    }
}
