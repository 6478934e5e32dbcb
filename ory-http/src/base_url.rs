//! The address of a server.

use crate::ConfigError;
use url::Url;

/// Where a server is: scheme, host, port and perhaps a path, such as
/// `https://example.test/ory/kratos`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads a URL that was given for the named setting.
    ///
    /// # Errors
    /// Names the setting and what is wrong, without the value: not a URL, another scheme than
    /// `http` or `https`, a user name or password, a query or a fragment.
    pub fn parse(setting: &'static str, text: &str) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new(setting, problem);
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
        Ok(Self(url))
    }

    /// The URL of a path below this one; each segment is percent-encoded, so that none can
    /// leave its place.
    pub fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The URL as it was read.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether TLS is asked for.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the address is this machine's own.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
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
            base.join(["sessions", "../x?y#z"]).as_str(),
            "https://ory.test/a/b/sessions/..%2Fx%3Fy%23z"
        );
        let root = BaseUrl::parse("u", "http://127.0.0.1:4466").unwrap();
        assert_eq!(root.join(["check"]).as_str(), "http://127.0.0.1:4466/check");
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
