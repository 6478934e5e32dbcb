//! Cookies that the server sets for a browser.

use http::{HeaderMap, HeaderValue, header::SET_COOKIE};

/// The value of a response, with the cookies that the server sets for a browser. A server that
/// renders the flow passes them on, or the form's anti-CSRF token is worth nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct WithCookies<T> {
    /// The value.
    pub value: T,
    /// The cookies.
    pub set_cookies: SetCookies,
}

/// `Set-Cookie` headers to pass on to the browser. `Debug` shows no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetCookies(Vec<HeaderValue>);

impl SetCookies {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut cookies: Vec<_> = headers.get_all(SET_COOKIE).iter().cloned().collect();
        for cookie in &mut cookies {
            cookie.set_sensitive(true);
        }
        Self(cookies)
    }

    /// Each header's value.
    pub fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
