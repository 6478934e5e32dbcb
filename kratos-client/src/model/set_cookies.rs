//! The cookies that a response sets in a browser.

use http::{HeaderMap, HeaderValue, header::SET_COOKIE};

/// A value with the cookies of its response. An application that renders a flow for a browser has
/// to pass the cookies on: without them, the server rejects the form's anti-CSRF token.
#[derive(Clone, Debug, PartialEq)]
pub struct WithCookies<T> {
    /// The value.
    pub value: T,
    /// The cookies.
    pub set_cookies: SetCookies,
}

/// The `Set-Cookie` headers of a response. `Debug` redacts their values.
///
/// ```
/// use http::header::{HeaderMap, SET_COOKIE};
/// use kratos_client::flow::SetCookies;
///
/// fn pass_on(cookies: &SetCookies, response: &mut HeaderMap) {
///     for cookie in cookies.iter() {
///         response.append(SET_COOKIE, cookie.clone());
///     }
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetCookies(Vec<HeaderValue>);

impl SetCookies {
    /// Reads the `Set-Cookie` headers of a response.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let mut cookies: Vec<_> = headers.get_all(SET_COOKIE).iter().cloned().collect();
        for cookie in &mut cookies {
            cookie.set_sensitive(true);
        }
        Self(cookies)
    }

    /// Iterates over the header values.
    pub fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.iter()
    }

    /// Whether there are no cookies.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
