//! The base URL of an API.

use crate::{error::Error, setting::ConfigError};
use url::Url;

/// The base URL of an API: scheme, host, port and an optional path, such as
/// `https://example.test/ory/kratos`, or the path of a Unix socket, such as
/// `unix:/run/kratos.sock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    unix_socket: Option<String>,
}

impl BaseUrl {
    /// Parses the URL in the named setting.
    ///
    /// # Errors
    /// Returns an error if the text is not a URL, if its scheme is not `http`, `https` or `unix`, or
    /// if it contains a user name, a password, a query or a fragment. The error names the setting
    /// and does not contain the value.
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
            return Err(wrong("must not contain a user name or password".into()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("must not contain a query or a fragment".into()));
        }
        if url.path().ends_with('/') {
            let path = url.path().trim_end_matches('/').to_owned();
            url.set_path(&path);
        }
        Ok(Self { url, unix_socket: None })
    }

    /// Appends constant path segments.
    pub fn join(&self, segments: impl IntoIterator<Item = &'static str>) -> Url {
        self.extend(segments)
    }

    /// Appends untrusted path segments, such as ids, and percent-encodes them.
    ///
    /// # Errors
    /// Returns [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if a segment would change
    /// the path: if it is empty, `.` or `..`, or contains a control character, which URLs drop. A
    /// request to delete one resource must never address another one.
    pub fn join_untrusted(&self, operation: &'static str, segments: &[&str]) -> Result<Url, Error> {
        let changes_path = |segment: &&str| {
            matches!(*segment, "" | "." | "..") || segment.contains(|c: char| c.is_ascii_control())
        };
        if segments.iter().any(changes_path) {
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

    /// The path of the Unix socket, if the API is reached through one.
    pub fn unix_socket(&self) -> Option<&str> {
        self.unix_socket.as_deref()
    }

    /// The URL. For a Unix socket, it is `http://localhost`.
    pub fn as_url(&self) -> &Url {
        &self.url
    }

    /// Whether the scheme is `https`.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the host is `localhost`, a subdomain of it, or a loopback address.
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
        assert_eq!(with_password, "KETO_API_READ_URL must not contain a user name or password");
        assert!(problem("http://x.test/?a=b").contains("must not contain a query"));
    }
}
