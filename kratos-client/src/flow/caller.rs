//! On whose behalf a flow is used.

use crate::{cookie_header::CookieHeader, session_secret::SessionToken};

/// On whose behalf a flow is used: a native app's, or a browser's by a server that renders the
/// flow for it.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A native app, with its session token if it has one.
    Native(Option<SessionToken>),
    /// A browser, by the cookies that it sent. The session cookie and Kratos's own cookies of flows
    /// (anti-CSRF, continuity) are forwarded, and nothing else. A cookie that can't be sent is left
    /// out; [`CookieHeader::diagnose`] names it.
    Browser(CookieHeader),
}

impl Caller {
    /// An app that nobody is logged in to.
    pub fn native() -> Self {
        Self::Native(None)
    }

    /// A browser, by the values of all `Cookie` headers of its request, such as
    /// `headers.get_all(COOKIE)` of an [`http::HeaderMap`]. A browser can have sent several, or none.
    pub fn browser(cookie_headers: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        Self::Browser(CookieHeader::from_headers(cookie_headers))
    }
}

impl From<CookieHeader> for Caller {
    fn from(cookies: CookieHeader) -> Self {
        Self::Browser(cookies)
    }
}

impl From<SessionToken> for Caller {
    fn from(token: SessionToken) -> Self {
        Self::Native(Some(token))
    }
}
