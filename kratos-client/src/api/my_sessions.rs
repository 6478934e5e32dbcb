//! The [`MySessions`] trait: the sessions of the identity that a credential belongs to.

use crate::{
    api::{page::PageRequest, sessions::Whoami},
    credential::Credential,
    flow::{
        kind::{Login, Registration},
        model::Flow,
        outcome::SuccessfulLogin,
    },
    model::session::{Session, SessionId},
    secret::ExchangeCode,
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};

/// Manages the sessions of the identity that a credential belongs to.
///
/// # Errors
/// A credential without a session is an error with
/// [`ErrorId::SessionInactive`](crate::ErrorId::SessionInactive). Kratos v0.8 has none of these
/// operations: they fail with [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
///
/// See <https://www.ory.com/docs/kratos/session-management/list-revoke-get-sessions>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait MySessions: Send + Sync {
    /// Fetches one page of the identity's other sessions; the credential's own session is not
    /// included. [`MySessionsExt::list_my_sessions`] streams all pages.
    #[doc(alias = "listMySessions")]
    async fn list_my_sessions_page(
        &self,
        credential: &Credential,
        page: &PageRequest,
    ) -> Result<Page<Session>, Error>;

    /// Revokes one of the other sessions. Kratos v26.2 reports no error if there is no session
    /// with this id.
    #[doc(alias = "disableMySession")]
    async fn disable_my_session(
        &self,
        credential: &Credential,
        id: &SessionId,
    ) -> Result<(), Error>;

    /// Revokes all other sessions, and returns their number.
    #[doc(alias = "disableMyOtherSessions")]
    async fn disable_my_other_sessions(&self, credential: &Credential) -> Result<u64, Error>;

    /// Fetches the session with [`Session::tokenized`], a signed JSON Web Token. `template` is the
    /// name of a tokenizer template in the server's configuration.
    ///
    /// See <https://www.ory.com/docs/identities/session-to-jwt-cors>.
    async fn tokenize(&self, credential: &Credential, template: &str) -> Result<Whoami, Error>;

    /// Exchanges two codes for the session of a native app whose user logged in by a browser: the
    /// flow's [`session_token_exchange_code`](crate::flow::Flow::session_token_exchange_code), and
    /// the code of the URL to which Kratos redirected the browser.
    #[doc(alias = "exchangeSessionToken")]
    async fn exchange_session_token(
        &self,
        init_code: &ExchangeCode,
        return_to_code: &ExchangeCode,
    ) -> Result<TokenExchangeOutcome, Error>;
}

/// Streams over the list of [`MySessions`], implemented for every [`MySessions`].
pub trait MySessionsExt: MySessions {
    /// Streams all other sessions and fetches pages on demand. The stream ends after the first
    /// error.
    fn list_my_sessions(&self, credential: Credential) -> BoxStream<'_, Result<Session, Error>> {
        ory_http::stream_pages("list my sessions", move |token| {
            let credential = credential.clone();
            let page = PageRequest { token, ..PageRequest::default() };
            async move { self.list_my_sessions_page(&credential, &page).await }
        })
        .boxed()
    }
}

impl<T: MySessions + ?Sized> MySessionsExt for T {}

/// The outcome of exchanging codes for a session token.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "there may be no session"]
#[non_exhaustive]
pub enum TokenExchangeOutcome {
    /// The user logged in: the session with its token.
    LoggedIn(Box<SuccessfulLogin>),
    /// The user did not log in yet, or the codes are unknown. Kratos does not distinguish the two.
    NoSession {
        /// The flow that the codes belong to, with the messages of failed attempts. Kratos v26.2
        /// does not return it.
        flow: Option<LoginOrRegistrationFlow>,
    },
}

/// A login or registration flow.
#[derive(Clone, Debug, PartialEq)]
pub enum LoginOrRegistrationFlow {
    /// A login flow.
    Login(Box<Flow<Login>>),
    /// A registration flow.
    Registration(Box<Flow<Registration>>),
}
