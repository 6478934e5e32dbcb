//! On whose behalf a flow is used.

use crate::credential::{CookieHeader, SessionToken};

/// On whose behalf a flow is used: a native app's, or a browser's by a server that renders the
/// flow for it.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A native app, with its session token if it has one.
    App(Option<SessionToken>),
    /// A browser, by the `Cookie` header that it sent. The session cookie and Kratos's own cookies
    /// of flows (anti-CSRF, continuity) are forwarded, and nothing else.
    Browser(CookieHeader),
}

impl Caller {
    /// An app that nobody is logged in to.
    pub fn app() -> Self {
        Self::App(None)
    }

    /// A browser, by the `Cookie` header that it sent; empty if it sent none.
    pub fn browser(cookie_header: impl AsRef<[u8]>) -> Self {
        Self::Browser(CookieHeader::new(cookie_header))
    }
}

impl From<SessionToken> for Caller {
    fn from(token: SessionToken) -> Self {
        Self::App(Some(token))
    }
}
