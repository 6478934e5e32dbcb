//! The way to the login and back.
//!
//! Kratos sends whoever is logged in straight back. A browser that comes back and still lacks what it
//! was sent for would go round for ever, so the URL that it comes back to names the step that it
//! comes from. A login UI that ignores `return_to` loses this URL, so a cookie counts as well.

use http::{HeaderMap, HeaderValue, header, request::Parts};
use std::fmt;
use url::{Url, form_urlencoded};

/// The query parameter of the URL that browsers come back to.
const RETURNED_FROM: &str = "returned_from";
/// The cookie that counts how often a browser was sent to the login in the last minute.
const ATTEMPTS: &str = "ory_login_attempts";
/// More than a person needs who opens the page several times in a row.
const MAX_ATTEMPTS: u32 = 5;

/// What a browser is sent to the login for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// A session.
    Login,
    /// A second factor.
    SecondFactor,
    /// A login that is recent enough.
    Refresh,
}

impl LoginStep {
    const ALL: [Self; 3] = [Self::Login, Self::SecondFactor, Self::Refresh];

    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::SecondFactor => "second-factor",
            Self::Refresh => "refresh",
        }
    }
}

impl fmt::Display for LoginStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "session",
            Self::SecondFactor => "second factor",
            Self::Refresh => "recent login",
        })
    }
}

/// The URLs of the application and of its login.
#[derive(Clone, Debug)]
pub(super) struct LoginUrls {
    pub(super) login: Url,
    /// The origins that browsers may come back to, the application's own first.
    pub(super) origins: Vec<Url>,
}

impl LoginUrls {
    /// The URL of the login for a step, with the way back to the URL of the request.
    pub(super) fn login_for(&self, step: LoginStep, at: Option<&Url>, request: &Parts) -> Url {
        let mut url = at.unwrap_or(&self.login).clone();
        match step {
            LoginStep::Login => {}
            LoginStep::SecondFactor if at.is_some() => {}
            LoginStep::SecondFactor => {
                url.query_pairs_mut().append_pair("aal", "aal2");
            }
            LoginStep::Refresh => {
                url.query_pairs_mut().append_pair("refresh", "true");
            }
        }
        let mut return_to = self.without_marker(request);
        return_to.query_pairs_mut().append_pair(RETURNED_FROM, step.name());
        url.query_pairs_mut().append_pair("return_to", return_to.as_str());
        url
    }

    /// The URL of the request as the browser knows it: its path and query on an allowed origin,
    /// never on another one that a header may name.
    pub(super) fn without_marker(&self, request: &Parts) -> Url {
        let mut url = self.origin(request).clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}{}", request.uri.path()));
        let query = request.uri.query().unwrap_or_default().split('&');
        let kept: Vec<_> = query.filter(|pair| !pair.is_empty() && !is_marker(pair)).collect();
        let kept = kept.join("&");
        url.set_query(Some(kept.as_str()).filter(|query| !query.is_empty()));
        url
    }

    fn origin(&self, request: &Parts) -> &Url {
        let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.or(request.uri.authority().map(http::uri::Authority::as_str));
        let named = self.origins.iter().find(|url| Some(url.authority()) == host);
        named.unwrap_or(&self.origins[0])
    }
}

fn is_marker(pair: &str) -> bool {
    form_urlencoded::parse(pair.as_bytes()).any(|(name, _)| name == RETURNED_FROM)
}

/// The steps that the browser comes back from, by the URL of the request.
fn returned_from(request: &Parts) -> impl Iterator<Item = LoginStep> {
    let query = form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
    let values = query.filter(|(name, _)| name == RETURNED_FROM).map(|(_, value)| value);
    values.filter_map(|value| LoginStep::ALL.into_iter().find(|step| step.name() == value))
}

/// Whether the browser comes back from the login.
pub(super) fn has_returned(request: &Parts) -> bool {
    returned_from(request).next().is_some()
}

/// Whether sending the browser to this step would make a loop.
pub(super) fn is_loop(request: &Parts, step: LoginStep) -> bool {
    // The session comes first: each other step includes it.
    let returned = returned_from(request).any(|from| step == LoginStep::Login || from == step);
    returned || attempts(&request.headers) >= MAX_ATTEMPTS
}

fn attempts(headers: &HeaderMap) -> u32 {
    let headers = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|cookies| cookies.split(';')).filter_map(|c| c.split_once('='));
    let counts = pairs.filter(|(name, _)| name.trim() == ATTEMPTS);
    counts.filter_map(|(_, value)| value.trim().parse().ok()).max().unwrap_or_default()
}

/// The cookie that counts one more attempt, or none any more.
pub(super) fn count_attempt(request: &Parts, is_loop: bool, is_https: bool) -> HeaderValue {
    let (count, max_age) =
        if is_loop { (0, 0) } else { (attempts(&request.headers).saturating_add(1), 60) };
    let secure = if is_https { "; Secure" } else { "" };
    let cookie =
        format!("{ATTEMPTS}={count}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
    // Digits and letters are valid in a header.
    HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn request(uri: &str, host: &str) -> Parts {
        Request::builder().uri(uri).header("host", host).body(()).unwrap().into_parts().0
    }

    fn urls(origins: &[&str]) -> LoginUrls {
        let origins = origins.iter().map(|url| Url::parse(url).unwrap()).collect();
        LoginUrls { login: Url::parse("http://ui.test/login").unwrap(), origins }
    }

    #[test]
    fn the_way_back_stays_on_the_allowed_origins() {
        let urls = urls(&["https://app.test", "https://www.app.test:8443", "https://x.test/app/"]);
        for (uri, host, expected) in [
            ("/a?b=c%26d&b=e", "app.test", "https://app.test/a?b=c%26d&b=e"),
            ("/", "www.app.test:8443", "https://www.app.test:8443/"),
            ("/a", "x.test", "https://x.test/app/a"),
            ("/a", "evil.test", "https://app.test/a"),
            ("//evil.test/a", "app.test", "https://app.test//evil.test/a"),
            ("http://evil.test/a?b", "evil.test", "https://app.test/a?b"),
            ("/?returned_from=login&a=1&returned%5ffrom=x", "app.test", "https://app.test/?a=1"),
            ("/@evil.test", "", "https://app.test/@evil.test"),
        ] {
            assert_eq!(urls.without_marker(&request(uri, host)).as_str(), expected, "{uri} {host}");
        }
    }

    #[test]
    fn each_step_has_its_parameters() {
        let urls = urls(&["https://app.test"]);
        let request = request("/a?b=c", "app.test");
        let kratos = Url::parse("http://kratos.test/browser?aal=aal2").unwrap();
        for (step, at, expected) in [
            (LoginStep::Login, None, "http://ui.test/login?"),
            (LoginStep::SecondFactor, None, "http://ui.test/login?aal=aal2&"),
            (LoginStep::SecondFactor, Some(&kratos), "http://kratos.test/browser?aal=aal2&"),
            (LoginStep::Refresh, None, "http://ui.test/login?refresh=true&"),
        ] {
            let back =
                format!("https%3A%2F%2Fapp.test%2Fa%3Fb%3Dc%26returned_from%3D{}", step.name());
            let url = urls.login_for(step, at, &request);
            assert_eq!(url.as_str(), format!("{expected}return_to={back}"));
        }
    }
}
