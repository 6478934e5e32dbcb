//! The traits that [`CachedSessions`] delegates to its inner service.

use super::CachedSessions;
use crate::model::set_cookies::SetCookies;
use crate::{
    api::{
        logout::{Logout, LogoutOptions, LogoutUrl},
        my_sessions::{MySessions, TokenExchangeOutcome},
        page::PageRequest,
        sessions::Whoami,
    },
    cookie_header::CookieHeader,
    credential::Credential,
    model::session::{Session, SessionId},
    secret::ExchangeCode,
    session_secret::SessionToken,
};
use async_trait::async_trait;
use ory_http::{Error, Metadata, Page};

/// Invalidates cache entries when a call ends, even if it failed or was dropped: the server may
/// have processed it.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Each operation invalidates the credential's cache entry.
#[async_trait]
impl<S: Logout> Logout for CachedSessions<S> {
    async fn logout_url(
        &self,
        credential: &Credential,
        options: &LogoutOptions,
    ) -> Result<Option<LogoutUrl>, Error> {
        let _invalidate = OnDrop(|| self.invalidate(credential));
        self.inner.logout_url(credential, options).await
    }

    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        let credential = cookies.clone().into();
        let _invalidate = OnDrop(|| self.invalidate(&credential));
        self.inner.browser_logout(url, cookies).await
    }

    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error> {
        let credential = token.clone().into();
        let _invalidate = OnDrop(|| self.invalidate(&credential));
        self.inner.native_logout(token).await
    }
}

/// Revoking a session invalidates the whole cache, because the credential of that session is
/// unknown.
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
        let _invalidate = OnDrop(|| self.invalidate_all());
        self.inner.disable_my_session(credential, id).await
    }

    async fn disable_my_other_sessions(&self, credential: &Credential) -> Result<u64, Error> {
        let _invalidate = OnDrop(|| self.invalidate_all());
        self.inner.disable_my_other_sessions(credential).await
    }

    async fn tokenize(&self, credential: &Credential, template: &str) -> Result<Whoami, Error> {
        self.inner.tokenize(credential, template).await
    }

    async fn exchange_session_token(
        &self,
        init_code: &ExchangeCode,
        return_to_code: &ExchangeCode,
    ) -> Result<TokenExchangeOutcome, Error> {
        self.inner.exchange_session_token(init_code, return_to_code).await
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
