//! Why somebody who has logged in may have no session: what the cookies of their request tell.
//!
//! Of the cookies only names are told, never values.

use actix_web::{HttpRequest, http::header};
use base64::{Engine, prelude::BASE64_URL_SAFE};
use std::{collections::BTreeSet, fmt};

/// How many names of cookies are told, and how long they may be: whoever sends the request chooses
/// them.
const MAX_NAMES: usize = 5;
const MAX_NAME_LENGTH: usize = 64;

/// What is missing after the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A session.
    Session,
    /// The second factor of a session.
    SecondFactor,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Session => "session",
            Self::SecondFactor => "second factor",
        })
    }
}

/// The cookies of a request that are session cookies of Kratos, or may be.
#[derive(Debug, PartialEq, Eq)]
pub struct SessionCookies {
    /// The configured name.
    name: String,
    /// How many have it.
    count: usize,
    /// Names of others that look like one.
    similar: BTreeSet<String>,
}

impl SessionCookies {
    /// Looks at the cookies of a request. The name is that of the session cookie as it is
    /// configured.
    pub fn of(request: &HttpRequest, name: &str) -> Self {
        let headers = request.headers().get_all(header::COOKIE);
        Self::in_headers(headers.map(header::HeaderValue::as_bytes), name)
    }

    fn in_headers<'a>(headers: impl Iterator<Item = &'a [u8]>, name: &str) -> Self {
        let mut found = Self { name: name.to_owned(), count: 0, similar: BTreeSet::new() };
        let texts = headers.filter_map(|header| std::str::from_utf8(header).ok());
        let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
        for (key, value) in pairs {
            let (key, value) = (key.trim_matches([' ', '\t']), value.trim_matches([' ', '\t']));
            if key == name {
                found.count += 1;
            } else if found.similar.len() < MAX_NAMES && can_be_told(key) && looks_like(key, value)
            {
                found.similar.insert(key.to_owned());
            }
        }
        found
    }

    /// What to check, as sentences for whoever runs the app and for whoever uses it.
    pub fn likely_causes(&self, missing: Missing) -> Vec<String> {
        let Self { name, count, similar } = self;
        let mut causes = Vec::new();
        if missing == Missing::SecondFactor {
            causes.push(
                "Kratos still asks for a second factor. Check that the login UI asks for it where \
                 its address has aal=aal2."
                    .to_owned(),
            );
        }
        match count {
            0 if similar.is_empty() => causes.push(format!(
                "The browser sent no cookie named {name}. Check that KRATOS_SESSION_COOKIE is the \
                 name that Kratos gives to its session cookie, and that the browser accepts \
                 cookies. Check that Kratos sets the cookie for the host of this app as well: \
                 both must be the same host or share the domain in session.cookie.domain \
                 (localhost and 127.0.0.1 are different hosts; the port does not matter), a cookie \
                 with Secure needs https, and one with SameSite=Strict is not sent when the \
                 browser comes from another site."
            )),
            0 => {
                let names = similar.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                causes.push(format!(
                    "The browser sent no cookie named {name}, but it sent {names}. If that is \
                     Kratos's session cookie, set KRATOS_SESSION_COOKIE to its name."
                ));
            }
            1 => {}
            _ => causes.push(format!(
                "The browser sent {count} cookies named {name}, of which Kratos uses the first \
                 that it can read. One may be left over from before, often from a parent domain: \
                 delete the cookies of this site and of its parent domains, and log in again."
            )),
        }
        if *count > 0 && missing == Missing::Session {
            causes.push(format!(
                "Kratos does not accept the cookie named {name}, or its session is over. Check \
                 that KRATOS_EXTERNAL_API_URL is the Kratos that people log in at, and that the \
                 clocks of Kratos's server and of this app's server agree."
            ));
        }
        causes
    }
}

/// Whether a name can be put into a log as it is.
fn can_be_told(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    (1..=MAX_NAME_LENGTH).contains(&name.len()) && name.bytes().all(legal)
}

/// Whether a cookie looks like Kratos's session cookie under another name: by its name, or because
/// its value begins as theirs do, with the time in seconds and a bar, in base64.
fn looks_like(name: &str, value: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let has = |part| lower.contains(part);
    if has("continuity") || has("csrf") {
        return false;
    }
    let start = value.get(..16).and_then(|start| BASE64_URL_SAFE.decode(start).ok());
    let begins_with_time =
        start.is_some_and(|start| start[..10].iter().all(u8::is_ascii_digit) && start[10] == b'|');
    (has("session") && (has("ory") || has("kratos"))) || begins_with_time
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    fn found(headers: &[&str]) -> (usize, Vec<String>) {
        let headers = headers.iter().map(|header| header.as_bytes());
        let SessionCookies { count, similar, .. } =
            SessionCookies::in_headers(headers, "ory_kratos_session");
        (count, similar.into_iter().collect())
    }

    #[test]
    fn finds_session_cookies_under_whatever_name() {
        let like_kratos = BASE64_URL_SAFE_NO_PAD.encode("1764000000|not a session|x");
        for (headers, count, similar) in [
            (vec![], 0, vec![]),
            (vec!["theme=dark; lang=en; ory=1; session=2; csrf_token_1=a"], 0, vec![]),
            (vec!["ory_kratos_session=a"], 1, vec![]),
            (vec!["ory_kratos_session=a", "b=c;ory_kratos_session=d"], 2, vec![]),
            (
                vec!["ory_session_slug=a; kratos_session=b"],
                0,
                vec!["kratos_session", "ory_session_slug"],
            ),
            (vec!["__Secure-Ory_Session=a"], 0, vec!["__Secure-Ory_Session"]),
            (vec!["ory_kratos_session2=a; ory_kratos_session=b"], 1, vec!["ory_kratos_session2"]),
            (vec![&*format!("acme={like_kratos}")], 0, vec!["acme"]),
            (vec![&*format!("ory_kratos_continuity={like_kratos}")], 0, vec![]),
            (
                vec!["acme=MTc2; other=\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"],
                0,
                vec![],
            ),
            (vec!["ory_session_\u{1b}[0m=a; ory_session\u{e9}=b; ory session=c"], 0, vec![]),
        ] {
            let similar = similar.into_iter().map(str::to_owned).collect();
            assert_eq!(found(&headers), (count, similar), "{headers:?}");
        }
        let many: Vec<_> = (0..100).map(|n| format!("ory_session_{n}=a")).collect();
        assert_eq!(found(&[&many.join("; ")]).1.len(), MAX_NAMES);
        let long = format!("ory_session_{}=a", "x".repeat(100));
        assert_eq!(found(&[&long]).1.len(), 0);
    }

    #[test]
    fn tells_names_and_no_values() {
        let header = "ory_session_slug=planted; ory_kratos_session=planted; x=planted";
        for missing in [Missing::Session, Missing::SecondFactor] {
            for name in ["ory_kratos_session", "other"] {
                let cookies = SessionCookies::in_headers([header.as_bytes()].into_iter(), name);
                let told = cookies.likely_causes(missing).join(" ");
                assert!(told.contains(name) || missing == Missing::SecondFactor, "{told}");
                assert!(!told.contains("planted"), "{told}");
            }
        }
    }
}
