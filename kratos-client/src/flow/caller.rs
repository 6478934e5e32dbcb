//! The caller of a self-service flow: a native app or a browser.

use crate::{
    cookie_header::CookieHeader, flow::device::BrowserDevice, session_secret::SessionToken,
};

/// The caller of a self-service flow: a native app, or a browser on whose behalf a server renders
/// the flow.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Caller {
    /// A native app, with its session token if the user is logged in.
    Native(Option<SessionToken>),
    /// A browser.
    Browser(Browser),
}

/// A browser: the cookies that it sent, and optionally its device.
#[derive(Clone, Debug)]
pub struct Browser {
    pub(crate) cookies: CookieHeader,
    pub(crate) device: Option<BrowserDevice>,
}

impl Browser {
    /// Creates a browser with the cookies that it sent. Only the session cookie and the flow cookies of
    /// Kratos (anti-CSRF, continuity) are forwarded. Cookies with invalid characters are omitted;
    /// [`CookieHeader::diagnose`] names them.
    pub fn new(cookies: CookieHeader) -> Self {
        Self { cookies, device: None }
    }

    /// Sets the device, which Kratos records with the session. Without it, Kratos records the address and
    /// the user agent of the server that calls it.
    #[must_use]
    pub fn device(mut self, device: BrowserDevice) -> Self {
        self.device = Some(device);
        self
    }
}

impl Caller {
    /// A native app without a session.
    pub fn native() -> Self {
        Self::Native(None)
    }

    /// A browser, from the values of all `Cookie` headers of its request, such as
    /// `headers.get_all(COOKIE)` of an [`http::HeaderMap`].
    pub fn browser(cookie_headers: impl IntoIterator<Item: AsRef<[u8]>>) -> Self {
        CookieHeader::from_headers(cookie_headers).into()
    }

    /// [`Caller::browser`] with its device, which Kratos records with the session.
    ///
    /// ```
    /// use http::header::{COOKIE, HeaderMap};
    /// use kratos_client::flow::{BrowserDevice, Caller, TrustedProxies};
    /// use std::net::IpAddr;
    ///
    /// fn caller(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> Caller {
    ///     let device = BrowserDevice::of_request(peer, headers, proxies);
    ///     Caller::browser_on(device, headers.get_all(COOKIE))
    /// }
    /// ```
    pub fn browser_on(
        device: BrowserDevice,
        cookie_headers: impl IntoIterator<Item: AsRef<[u8]>>,
    ) -> Self {
        let cookies = CookieHeader::from_headers(cookie_headers);
        Self::Browser(Browser::new(cookies).device(device))
    }
}

impl From<CookieHeader> for Caller {
    fn from(cookies: CookieHeader) -> Self {
        Self::Browser(Browser::new(cookies))
    }
}

impl From<SessionToken> for Caller {
    fn from(token: SessionToken) -> Self {
        Self::Native(Some(token))
    }
}
