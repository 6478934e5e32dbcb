//! What [`CachedSessions`] passes on to its inner service.

use super::CachedSessions;
use crate::model::set_cookies::SetCookies;
use crate::{
    api::{
        logout::{Logout, LogoutUrl},
        my_sessions::{ExchangeCode, MySessions, TokenExchangeOutcome},
        page::PageRequest,
        sessions::Whoami,
    },
    cookie_header::CookieHeader,
    credential::Credential,
    model::session::{Session, SessionId},
    session_secret::SessionToken,
};
use async_trait::async_trait;
use ory_http::{Error, Metadata, Page};
use url::Url;

/// Forgets when a call ends: also one that failed or was dropped, for the server can have done it.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Each logout forgets the credential, and so does asking for the URL that ends its session.
#[async_trait]
impl<S: Logout> Logout for CachedSessions<S> {
    async fn logout_url(
        &self,
        credential: &Credential,
        return_to: Option<Url>,
    ) -> Result<Option<LogoutUrl>, Error> {
        let _forget = OnDrop(|| self.invalidate(credential));
        self.inner.logout_url(credential, return_to).await
    }

    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        let credential = cookies.clone().into();
        let _forget = OnDrop(|| self.invalidate(&credential));
        self.inner.browser_logout(url, cookies).await
    }

    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error> {
        let credential = token.clone().into();
        let _forget = OnDrop(|| self.invalidate(&credential));
        self.inner.native_logout(token).await
    }
}

/// The credentials of other sessions are not known here: to revoke one forgets all.
#[async_trait]
impl<S: MySessions> MySessions for CachedSessions<S> {
    async fn list_my_sessions_page(
        &self,
        credential: &Credential,
        page: &PageRequest,
    ) -> Result<Page<Session>, Error> {
        self.inner.list_my_sessions_page(credential, page).await
    }

    async fn disable_my_session(
        &self,
        credential: &Credential,
        id: &SessionId,
    ) -> Result<(), Error> {
        let _forget = OnDrop(|| self.invalidate_all());
        self.inner.disable_my_session(credential, id).await
    }

    async fn disable_my_other_sessions(&self, credential: &Credential) -> Result<u64, Error> {
        let _forget = OnDrop(|| self.invalidate_all());
        self.inner.disable_my_other_sessions(credential).await
    }

    async fn tokenize(&self, credential: &Credential, template: &str) -> Result<Whoami, Error> {
        self.inner.tokenize(credential, template).await
    }

    async fn exchange_session_token(
        &self,
        kept: &ExchangeCode,
        returned: &ExchangeCode,
    ) -> Result<TokenExchangeOutcome, Error> {
        self.inner.exchange_session_token(kept, returned).await
    }
}

#[async_trait]
impl<S: Metadata> Metadata for CachedSessions<S> {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.inner.is_alive().await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.inner.is_ready().await
    }

    async fn version(&self) -> Result<String, Error> {
        self.inner.version().await
    }
}
