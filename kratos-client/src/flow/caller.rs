//! The caller of a self-service flow: a native app or a browser.

use crate::{cookie_header::CookieHeader, session_secret::SessionToken};

/// The caller of a self-service flow: a native app, or a browser on whose behalf a server renders
/// the flow.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Caller {
    /// A native app, with its session token if the user is logged in.
    Native(Option<SessionToken>),
    /// A browser, with the cookies of its request. Only the session cookie and Kratos's flow cookies
    /// (anti-CSRF and continuity) are forwarded. A cookie with an invalid character is omitted;
    /// [`CookieHeader::diagnose`] reports it.
    Browser(CookieHeader),
}

impl Caller {
    /// A native app without a session.
    pub fn native() -> Self {
        Self::Native(None)
    }

    /// A browser, with the values of all `Cookie` headers of its request, such as
    /// `headers.get_all(COOKIE)` of an [`http::HeaderMap`].
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
