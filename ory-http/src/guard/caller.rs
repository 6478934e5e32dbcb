//! The kind of caller that a response is for.

use http::{
    HeaderMap, HeaderName, Method,
    header::{ACCEPT, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, UPGRADE},
    request::Parts,
};

const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

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
        if method == Method::OPTIONS
            && headers.contains_key(ORIGIN)
            && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            return Self::Preflight;
        }
        if Self::opens_websocket(request) {
            return Self::WebSocket;
        }
        if headers.contains_key(HX_REQUEST) || headers.contains_key(X_REQUESTED_WITH) {
            return Self::Script;
        }
        let opens_page = match headers.get(SEC_FETCH_MODE) {
            Some(mode) => mode == "navigate",
            None => accepts_html(headers),
        };
        if opens_page { Self::Browser } else { Self::Script }
    }

    /// Whether the caller is one that opens a WebSocket.
    pub fn opens_websocket(request: &Parts) -> bool {
        match request.extensions.get::<Self>() {
            Some(caller) => *caller == Self::WebSocket,
            // HTTP/2 opens WebSockets by CONNECT.
            None => request.method == Method::CONNECT || upgrades_to_websocket(&request.headers),
        }
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
