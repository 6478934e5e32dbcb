//! What somebody can do with their own sessions.

use crate::{
    api::{page::PageRequest, sessions::Whoami},
    credential::Credential,
    flow::{
        kind::{Login, Registration},
        model::Flow,
        outcome::SuccessfulLogin,
    },
    model::session::{Session, SessionId},
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};
use secrecy::{ExposeSecret, SecretString};

/// What somebody can do with their own sessions. The v0.8 line has none of it
/// ([`crate::ErrorKind::Unsupported`]).
///
/// A credential without a session is an error with
/// [`ErrorId::SessionInactive`](crate::ErrorId::SessionInactive).
///
/// See <https://www.ory.com/docs/kratos/session-management/list-revoke-get-sessions>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait MySessions: Send + Sync {
    /// One page of the other sessions of whoever the credential belongs to; the session itself is
    /// not among them. [`MySessionsExt::list_my_sessions`] walks all pages.
    #[doc(alias = "listMySessions")]
    async fn list_my_sessions_page(
        &self,
        credential: &Credential,
        page: &PageRequest,
    ) -> Result<Page<Session>, Error>;

    /// Ends one of the other sessions. Today's server says nothing if there is no such session.
    #[doc(alias = "disableMySession")]
    async fn disable_my_session(
        &self,
        credential: &Credential,
        id: &SessionId,
    ) -> Result<(), Error>;

    /// Ends all other sessions; gives their number.
    #[doc(alias = "disableMyOtherSessions")]
    async fn disable_my_other_sessions(&self, credential: &Credential) -> Result<u64, Error>;

    /// The session with itself as a signed JSON Web Token in [`Session::tokenized`], made by a
    /// template that the server is configured with.
    async fn tokenize(&self, credential: &Credential, template: &str) -> Result<Whoami, Error>;

    /// The session of an app that sent somebody through a browser: by the half of the code that
    /// the app kept ([`crate::flow::Flow::session_token_exchange_code`]) and the half that came
    /// back with the browser. That nobody has logged in there yet is a value.
    #[doc(alias = "exchangeSessionToken")]
    async fn exchange_session_token(
        &self,
        kept: &ExchangeCode,
        returned: &ExchangeCode,
    ) -> Result<TokenExchangeOutcome, Error>;
}

/// What every [`MySessions`] can do by its own operations.
pub trait MySessionsExt: MySessions {
    /// All other sessions, page by page as they are consumed. Ends after the first error.
    fn list_my_sessions(&self, credential: Credential) -> BoxStream<'_, Result<Session, Error>> {
        ory_http::stream_pages("list own sessions", move |token| {
            let credential = credential.clone();
            let page = PageRequest { token, ..PageRequest::default() };
            async move { self.list_my_sessions_page(&credential, &page).await }
        })
        .boxed()
    }
}

impl<T: MySessions + ?Sized> MySessionsExt for T {}

/// What comes of exchanging a code for a session token.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "there may be no session"]
pub enum TokenExchangeOutcome {
    /// Somebody has logged in: the session with its token.
    LoggedIn(Box<SuccessfulLogin>),
    /// Nobody has logged in with this code, or not yet. Kratos says the same of a code that it
    /// does not know.
    NoSession {
        /// The flow that was begun with the code. Its messages say what went wrong in the browser,
        /// if something did. Kratos v26.2 does not tell.
        flow: Option<PendingFlow>,
    },
}

/// The flow of an app in a browser that nobody has completed.
#[derive(Clone, Debug, PartialEq)]
pub enum PendingFlow {
    /// A login flow.
    Login(Box<Flow<Login>>),
    /// A registration flow.
    Registration(Box<Flow<Registration>>),
}

/// One half of the code for a session token. `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct ExchangeCode(SecretString);

impl ExchangeCode {
    /// Takes a code.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into().into())
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}
