//! The kind of caller that a response is for.

use http::{
    HeaderMap, Method,
    header::{ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, UPGRADE},
    request::Parts,
};

/// The kind of caller that a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Caller {
    /// A browser that opens a page: it shows HTML and follows redirects.
    Browser,
    /// A script in a page, such as `fetch` or HTMX, or a program that is not a browser.
    Script,
    /// A client that opens a WebSocket. Browsers send cookies to other sites with it.
    WebSocket,
    /// A browser that asks, without any credential, whether a page of another origin may send a
    /// request (CORS preflight).
    Preflight,
}

impl Caller {
    /// The kind of caller of a request.
    ///
    /// Browsers tell by `Sec-Fetch-Mode` that they open a page, on origins with `https` and on
    /// localhost. Without this header, a request that accepts `text/html` opens a page, unless
    /// `HX-Request` or `X-Requested-With` tell that a script sent it.
    pub fn of(request: &Parts) -> Self {
        // A guard that answers on behalf of another server says which kind it needs.
        if let Some(caller) = request.extensions.get::<Self>() {
            return *caller;
        }
        let Parts { method, headers, .. } = request;
        let header = |name: &str| headers.get(name).map(http::HeaderValue::as_bytes);
        if method == Method::OPTIONS
            && headers.contains_key(ORIGIN)
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            return Self::Preflight;
        }
        // HTTP/2 opens WebSockets by CONNECT.
        if method == Method::CONNECT || upgrades_to_websocket(headers) {
            return Self::WebSocket;
        }
        if headers.contains_key("hx-request") || headers.contains_key("x-requested-with") {
            return Self::Script;
        }
        let opens_page = match header("sec-fetch-mode") {
            Some(mode) => mode == b"navigate",
            None => accepts_html(headers),
        };
        if opens_page { Self::Browser } else { Self::Script }
    }
}

fn upgrades_to_websocket(headers: &HeaderMap) -> bool {
    let mut upgrades = headers.get_all(UPGRADE).iter().filter_map(|value| value.to_str().ok());
    upgrades.any(|value| value.split(',').any(|p| p.trim().eq_ignore_ascii_case("websocket")))
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.contains("text/html"))
}
