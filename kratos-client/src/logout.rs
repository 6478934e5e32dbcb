//! Ending a browser's session.

use crate::{Credential, Error};
use async_trait::async_trait;
use url::Url;

/// Ends the session of a browser.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/frontend/operation/createBrowserLogoutFlow>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Logout: Send + Sync {
    /// Where to send the browser to end its session: Kratos revokes it there and clears the
    /// cookie. `None` where there is no session to end.
    ///
    /// `return_to` is where Kratos sends the browser afterwards; it must be one of the server's
    /// allowed return URLs. The v0.8 line has no such parameter and goes where it is configured.
    async fn logout_url(
        &self,
        credential: &Credential,
        return_to: Option<Url>,
    ) -> Result<Option<LogoutUrl>, Error>;
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
