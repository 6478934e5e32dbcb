//! Protection against cross-site request forgery, by headers that pages can't set.

use crate::credential::session_tokens;
use http::{HeaderMap, Method, header, request::Parts};
use ory_http::guard::Caller;
use url::{Origin, Url};

/// Extractor: which page sent a request, as the browser tells.
///
/// Behind a guard, requests by which a page of another site would change something are refused before
/// an extractor gives the session. A handler that asks for no session, such as one that logs out,
/// decides by this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestSource {
    /// A page of the application or of an allowed origin, or the user of the browser.
    Allowed,
    /// A page of any other origin.
    CrossSite,
    /// The headers do not tell, as for requests of most programs that are not browsers.
    Unknown,
}

/// Which page sent a request: by `Sec-Fetch-Site`, which browsers send on origins with `https` and
/// on localhost, and otherwise by `Origin`, which they send with every request that changes
/// something.
pub fn request_source(headers: &HeaderMap, allowed_origins: &[Url]) -> RequestSource {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let origin = text("origin").map(|origin| Url::parse(origin).map(|url| url.origin()));
    let is_allowed = |origin: &Origin| allowed_origins.iter().any(|url| url.origin() == *origin);
    let allowed = origin.map(|origin| origin.ok().filter(is_allowed));
    match (text("sec-fetch-site"), allowed) {
        (Some("same-origin" | "none"), _) | (None, Some(Some(_))) => RequestSource::Allowed,
        // A request of the application's own origin is not cross-site: the headers contradict.
        (Some(_), Some(Some(origin))) if !is_host(&origin, headers) => RequestSource::Allowed,
        (Some(_), _) | (None, Some(None)) => RequestSource::CrossSite,
        (None, None) => RequestSource::Unknown,
    }
}

fn is_host(origin: &Origin, headers: &HeaderMap) -> bool {
    let authority = origin.ascii_serialization();
    let authority = authority.split_once("://").map(|(_, authority)| authority);
    headers.get(header::HOST).and_then(|host| host.to_str().ok()) == authority
}

/// Whether another site made a browser send the request with its cookies, to change something or to
/// open a WebSocket.
pub(super) fn is_forged(request: &Parts, allowed_origins: &[Url]) -> bool {
    let Parts { method, headers, .. } = request;
    let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    if is_safe && !Caller::opens_websocket(request) {
        return false;
    }
    // A page of another site can't make a browser send a token, which is used before a cookie.
    let by_cookie =
        headers.contains_key(header::COOKIE) && session_tokens(headers).next().is_none();
    by_cookie && request_source(headers, allowed_origins) == RequestSource::CrossSite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_tells_which_page_sent_a_request() {
        let allowed = ["http://app.test", "https://spa.test"].map(|url| Url::parse(url).unwrap());
        for (site, origin, source) in [
            ("same-origin", "http://app.test", RequestSource::Allowed),
            ("none", "", RequestSource::Allowed),
            ("cross-site", "https://spa.test", RequestSource::Allowed),
            ("cross-site", "http://app.test", RequestSource::CrossSite),
            ("cross-site", "https://evil.test", RequestSource::CrossSite),
            ("same-site", "http://other.app.test", RequestSource::CrossSite),
            ("cross-site", "", RequestSource::CrossSite),
            ("", "http://app.test", RequestSource::Allowed),
            ("", "http://app.test:8080", RequestSource::CrossSite),
            ("", "https://app.test", RequestSource::CrossSite),
            ("", "null", RequestSource::CrossSite),
            ("", "", RequestSource::Unknown),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", "app.test".parse().unwrap());
            for (name, value) in [("sec-fetch-site", site), ("origin", origin)] {
                if !value.is_empty() {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            assert_eq!(request_source(&headers, &allowed), source, "{site} {origin}");
        }
    }
}
