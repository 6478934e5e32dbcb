//! The [`Logout`] trait: ending browser and native sessions.

use crate::{
    cookie_header::CookieHeader, credential::Credential, model::set_cookies::SetCookies,
    session_secret::SessionToken,
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;
use url::Url;

/// Ends sessions.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/frontend/operation/createBrowserLogoutFlow>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Logout: Send + Sync {
    /// Creates a logout flow and returns its URL: a browser that is redirected there loses its
    /// session and its session cookie. Returns `None` if the credential has no session.
    #[doc(alias = "createBrowserLogoutFlow")]
    async fn logout_url(
        &self,
        credential: &Credential,
        options: &LogoutOptions,
    ) -> Result<Option<LogoutUrl>, Error>;

    /// Ends a browser's session by a server-side request, for applications that do not redirect
    /// the browser to Kratos. The returned cookies, passed on to the browser, clear its session
    /// cookie.
    ///
    /// A session that has ended already is not an error; the returned cookies do not clear the
    /// session cookie in this case.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if the URL has no logout token.
    #[doc(alias = "updateLogoutFlow")]
    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error>;

    /// Ends the session of a native app. A token without a session is not an error.
    #[doc(alias = "performNativeLogout")]
    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error>;
}

/// The options of [`Logout::logout_url`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogoutOptions {
    /// The URL to redirect the browser to after the logout.
    pub return_to: Option<Url>,
}

impl LogoutOptions {
    /// Redirects the browser to the server's configured URL after the logout.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the URL to redirect the browser to after the logout: one of the server's allowed
    /// return URLs. Kratos v0.8 ignores it.
    #[must_use]
    pub fn return_to(mut self, url: Url) -> Self {
        self.return_to = Some(url);
        self
    }
}

/// A URL that ends a session. It contains a token, so `Debug` redacts it.
#[derive(Clone, PartialEq, Eq, derive_more::Debug)]
pub struct LogoutUrl(#[debug("[redacted]")] Url);

impl LogoutUrl {
    /// Wraps the URL from the server's response.
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL with its token: for the `Location` header of the browser's response only.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}
