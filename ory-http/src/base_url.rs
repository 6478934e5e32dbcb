//! The address of a server.

use crate::{error::Error, setting::ConfigError};
use url::Url;

/// Where an API is: scheme, host, port and perhaps a path, such as
/// `https://example.test/ory/kratos`; or the Unix socket of a server on this machine, such as
/// `unix:/run/kratos.sock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    unix_socket: Option<String>,
}

impl BaseUrl {
    /// Reads a URL that was given for the named setting.
    ///
    /// # Errors
    /// Names the setting and what is wrong, without the value: not a URL, another scheme than
    /// `http`, `https` or `unix`, a user name or password, a query or a fragment.
    pub fn parse(setting: &'static str, text: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new(setting, problem);
        if let Some(path) = text.trim().strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if !path.starts_with('/') {
                return Err(wrong("must be the absolute path of a Unix socket".into()));
            }
            let url = Url::parse("http://localhost").map_err(|error| wrong(error.to_string()))?;
            return Ok(Self { url, unix_socket: Some(path.to_owned()) });
        }
        let mut url =
            Url::parse(text.trim()).map_err(|error| wrong(format!("is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("is not an http or https URL".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("must not carry a user name or password".into()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must not have a query or a fragment".into()));
        }
        if url.path().ends_with('/') {
            let path = url.path().trim_end_matches('/').to_owned();
            url.set_path(&path);
        }
        Ok(Self { url, unix_socket: None })
    }

    /// The URL of a path below this one, of segments that are written in the code.
    pub fn join(&self, segments: impl IntoIterator<Item = &'static str>) -> Url {
        self.extend(segments)
    }

    /// The URL of a path below this one, with segments from outside, such as ids. Each is
    /// percent-encoded.
    ///
    /// # Errors
    /// If a segment would make it another path: it is empty, `.` or `..`, or has a character that
    /// URLs leave out. A delete of one thing must never become one of something else.
    pub fn join_untrusted(&self, operation: &'static str, segments: &[&str]) -> Result<Url, Error> {
        let leaves_its_place = |segment: &&str| {
            matches!(*segment, "" | "." | "..") || segment.contains(|c: char| c.is_ascii_control())
        };
        if segments.iter().any(leaves_its_place) {
            let problem = "an id is empty, consists of dots only, or contains a control character";
            return Err(Error::invalid_input(operation, problem));
        }
        Ok(self.extend(segments.iter().copied()))
    }

    fn extend<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The Unix socket, where the URL names one.
    pub fn unix_socket(&self) -> Option<&str> {
        self.unix_socket.as_deref()
    }

    /// The URL as it was read.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// Whether TLS is asked for.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the address is this machine's own.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        BaseUrl::parse("KETO_API_READ_URL", text).unwrap_err().to_string()
    }

    #[test]
    fn keeps_a_path_and_encodes_segments() {
        let base = BaseUrl::parse("u", "https://ory.test/a/b/").unwrap();
        assert_eq!(
            base.join_untrusted("op", &["sessions", "../x?y#z"]).unwrap().as_str(),
            "https://ory.test/a/b/sessions/..%2Fx%3Fy%23z"
        );
        let root = BaseUrl::parse("u", "http://127.0.0.1:4466").unwrap();
        assert_eq!(root.join(["check"]).as_str(), "http://127.0.0.1:4466/check");
        for socket in ["unix:/run/keto.sock", "unix:///run/keto.sock"] {
            let socket = BaseUrl::parse("u", socket).unwrap();
            assert_eq!(socket.unix_socket(), Some("/run/keto.sock"));
            assert_eq!(socket.join(["check"]).as_str(), "http://localhost/check");
        }
        BaseUrl::parse("u", "unix:keto.sock").unwrap_err();
    }

    #[test]
    fn an_id_stays_in_its_place() {
        let base = BaseUrl::parse("u", "http://x.test").unwrap();
        for id in ["", ".", "..", "a\tb", ".\t.", "\0", "\n"] {
            assert!(base.join_untrusted("op", &["identities", id]).is_err(), "{id:?}");
        }
        let dots = base.join_untrusted("op", &["identities", "%2e%2e"]).unwrap();
        assert_eq!(dots.path(), "/identities/%252e%252e");
    }

    #[test]
    fn names_the_setting_and_the_problem_but_not_the_value() {
        assert_eq!(
            problem("127.0.0.1:4466"),
            "KETO_API_READ_URL is not a URL: relative URL without a base"
        );
        assert_eq!(problem("ftp://x.test"), "KETO_API_READ_URL is not an http or https URL");
        let with_password = problem("http://me:hunter2@x.test");
        assert_eq!(with_password, "KETO_API_READ_URL must not carry a user name or password");
        assert!(problem("http://x.test/?a=b").contains("must not have a query"));
    }
}
