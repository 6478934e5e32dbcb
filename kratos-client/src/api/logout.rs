//! Ending sessions.

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
    /// Where to send the browser to end its session: Kratos revokes it there and clears the
    /// cookie. `None` where there is no session to end.
    ///
    /// `return_to` is where Kratos sends the browser afterwards; it must be one of the server's
    /// allowed return URLs. The v0.8 line has no such parameter and goes where it is configured.
    #[doc(alias = "createBrowserLogoutFlow")]
    async fn logout_url(
        &self,
        credential: &Credential,
        return_to: Option<Url>,
    ) -> Result<Option<LogoutUrl>, Error>;

    /// Ends a browser's session on its behalf, for a server that does not want to send it to
    /// Kratos. The cookies of the answer, passed on to the browser, clear its own. It is no error
    /// if the session has ended already; Kratos clears no session cookie then.
    #[doc(alias = "updateLogoutFlow")]
    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error>;

    /// Ends an app's session. It is no error if there is none, or none any more.
    #[doc(alias = "performNativeLogout")]
    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error>;
}

/// A URL that ends a session. It holds a token, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, derive_more::Debug)]
pub struct LogoutUrl(#[debug("[redacted]")] Url);

impl LogoutUrl {
    /// Takes the URL as the server gave it.
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL, token and all: for the browser's `Location` and nobody else.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}
