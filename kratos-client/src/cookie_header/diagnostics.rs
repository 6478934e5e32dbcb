//! Diagnostics of the session cookies of a request.

use super::{can_be_sent, is_flow_cookie, is_token, session_value, validate_secret};
use std::{collections::BTreeSet, fmt};

/// Properties of the cookies of a request that can explain a missing session after a login. It
/// contains names and numbers and no values, so that it can be logged and shown.
///
/// [`CookieHeader::diagnose`](super::CookieHeader::diagnose) creates it. `Display` describes it in one
/// or two sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionCookieDiagnostics {
    /// The name of the session cookie.
    pub session_cookie: String,
    /// The number of cookies with that name and a value. Kratos uses the first one that it can decode,
    /// even if its session has expired. They have different paths or domains, and must be deleted in
    /// the browser.
    pub session_cookies: usize,
    /// The number of these that are not sent, because their value contains an invalid character.
    pub malformed_session_cookies: usize,
    /// At most 5 names of cookies that resemble the session cookie of an Ory server: the configured
    /// name may be wrong.
    pub similar_names: Vec<String>,
    /// At most 5 names of flow cookies (anti-CSRF and continuity) that are not sent, because they contain
    /// an invalid character.
    pub malformed_flow_cookies: Vec<String>,
}

/// The maximum number of names, because a browser can send thousands of cookies.
const MAX_NAMES: usize = 5;
const MAX_NAME_LENGTH: usize = 100;

impl SessionCookieDiagnostics {
    pub(super) fn new<'a>(
        cookies: impl Iterator<Item = (&'a str, &'a str)>,
        session_cookie: &str,
    ) -> Self {
        let mut findings = Self { session_cookie: session_cookie.into(), ..Self::default() };
        let mut similar = BTreeSet::new();
        let mut malformed = BTreeSet::new();
        for (name, value) in cookies.filter(|(_, value)| !value.is_empty()) {
            if name == session_cookie {
                findings.session_cookies += 1;
                findings.malformed_session_cookies += usize::from(session_value(value).is_err());
            } else if is_flow_cookie(name) {
                if !can_be_sent(name, value) {
                    malformed.extend(printable(name));
                }
            } else if is_similar(name, session_cookie) {
                similar.extend(printable(name));
            }
        }
        findings.similar_names = similar.into_iter().take(MAX_NAMES).collect();
        findings.malformed_flow_cookies = malformed.into_iter().take(MAX_NAMES).collect();
        findings
    }

    /// Whether there is more than one session cookie, an invalid one, or one with a similar name.
    pub fn is_suspicious(&self) -> bool {
        self.session_cookies > 1
            || self.malformed_session_cookies > 0
            || !self.similar_names.is_empty()
            || !self.malformed_flow_cookies.is_empty()
    }
}

/// Whether a name resembles that of a session cookie: the default of Kratos, that of Ory Network
/// (`ory_session_<slug>`), one of these with a prefix such as `__Host-`, or the configured name in
/// another case.
fn is_similar(name: &str, session_cookie: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == session_cookie.to_ascii_lowercase()
        || lower.contains("ory_kratos_session")
        || lower.contains("ory_session_")
}

/// Returns a name that is safe in a log line: a browser can send any text before a `=`.
fn printable(name: &str) -> Option<String> {
    let sound = name.len() <= MAX_NAME_LENGTH && validate_secret(name, is_token).is_ok();
    sound.then(|| name.to_owned())
}

impl fmt::Display for SessionCookieDiagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session_cookie, session_cookies, malformed_session_cookies, .. } = self;
        match session_cookies {
            0 => write!(f, "no cookie is named {session_cookie:?}")?,
            1 => write!(f, "one cookie is named {session_cookie:?}")?,
            several => write!(
                f,
                "{several} cookies are named {session_cookie:?}, of which Kratos takes the first \
                 that it can read, even if its session is over"
            )?,
        }
        if *malformed_session_cookies > 0 {
            write!(
                f,
                "; session cookies with a character that no cookie may have, which are not sent: \
                 {malformed_session_cookies}"
            )?;
        }
        if !self.similar_names.is_empty() {
            write!(
                f,
                "; cookies that look like Ory session cookies under another name: {}",
                self.similar_names.join(", ")
            )?;
        }
        if !self.malformed_flow_cookies.is_empty() {
            write!(
                f,
                "; anti-CSRF or continuity cookies with a character that no cookie may have, which \
                 are not sent: {}",
                self.malformed_flow_cookies.join(", ")
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::cookie_header::CookieHeader;

    fn findings(headers: &[&str]) -> super::SessionCookieDiagnostics {
        CookieHeader::from_headers(headers).diagnose("ory_kratos_session")
    }

    #[test]
    fn one_session_cookie_or_none_is_not_suspicious() {
        for header in ["", "theme=dark; csrf_token_1=c", "ory_kratos_session=s; csrf_token_1=c=="] {
            assert!(!findings(&[header]).is_suspicious(), "{header}");
        }
        assert_eq!(findings(&[]).to_string(), r#"no cookie is named "ory_kratos_session""#);
    }

    #[test]
    fn what_can_explain_a_login_loop_is_told_without_a_value() {
        let found = findings(&[
            "ory_kratos_session=planted1; ory_kratos_session=planted 2; csrf_token_9=planted,3",
            "__Host-ory_kratos_session=planted; ory_session_slug=planted; ORY_KRATOS_SESSION=planted",
            "ory_session_slug=planted; ory_session_ planted=planted; ory_session_\u{1b}[=planted",
        ]);
        assert_eq!((found.session_cookies, found.malformed_session_cookies), (2, 1));
        let similar = ["ORY_KRATOS_SESSION", "__Host-ory_kratos_session", "ory_session_slug"];
        assert_eq!(found.similar_names, similar);
        assert_eq!(found.malformed_flow_cookies, ["csrf_token_9"]);
        assert!(found.is_suspicious());
        let shown = format!("{found} {found:?}");
        assert!(!shown.contains("planted"), "{shown}");
        assert!(shown.starts_with(r#"2 cookies are named "ory_kratos_session""#), "{shown}");
        for name in similar {
            assert!(shown.contains(name), "{shown}");
        }
    }

    #[test]
    fn a_browser_cannot_fill_a_log_line() {
        let many: Vec<_> = (0..1000).map(|n| format!("ory_session_{n}=v")).collect();
        assert_eq!(findings(&[&many.join("; ")]).similar_names.len(), super::MAX_NAMES);
        let long = format!("ory_session_{}=v", "x".repeat(1000));
        assert!(findings(&[&long]).similar_names.is_empty());
    }
}
