//! Who is this?

use crate::{credential::Credential, model::session::Session};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::{DecodeError, Error};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

/// Answers who is behind a credential.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/frontend/operation/toSession>.
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Sessions: Send + Sync {
    /// The session of a cookie or token.
    ///
    /// No session and one that is not enough are values. An error is no answer, and must never
    /// let anybody in.
    #[doc(alias = "toSession")]
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error>;

    /// The name of the session cookie, if of a [`Credential::CookieHeader`] the cookies of this
    /// name alone decide what [`Sessions::whoami`] answers, and a [`Credential::Cookie`] is one of
    /// these. `None`, as by default, if that is not so or not known.
    ///
    /// A cache takes two cookie headers with the same session cookies for the same credential if it
    /// knows their name. A decorator can pass on what its inner service says, unless it looks at
    /// other cookies itself.
    fn session_cookie(&self) -> Option<&str> {
        None
    }
}

#[cfg(feature = "mock")]
mockall::mock! {
    /// A mock of [`Sessions`], which does not say how the session cookie is called.
    pub Sessions {}

    #[async_trait]
    impl Sessions for Sessions {
        async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error>;
    }
}

/// What a credential is worth. The traits of the identity are raw JSON, or a type of the
/// application's own by [`Whoami::with_traits`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a session that nobody looks at protects nothing"]
pub enum Whoami<T = Value> {
    /// An active session.
    Active(Arc<Session<T>>),
    /// No credential, an unknown, revoked or expired one, or the identity is disabled.
    NoSession,
    /// A session that needs a second factor.
    SecondFactorRequired {
        /// Where the browser has to go for it, as the server says.
        redirect_to: Option<Url>,
    },
    /// A session that does not count: not everything that the server says of it (`active`, its end,
    /// the state of the identity) says that it does.
    Inactive(Arc<Session<T>>),
}

impl<T> Whoami<T> {
    /// The active session, if it is one.
    pub fn active(self) -> Option<Arc<Session<T>>> {
        match self {
            Self::Active(session) => Some(session),
            _ => None,
        }
    }
}

fn with_traits<T: DeserializeOwned>(session: Arc<Session>) -> Result<Arc<Session<T>>, DecodeError> {
    Arc::unwrap_or_clone(session).with_traits().map(Arc::new)
}

impl Whoami {
    /// Reads the identity's traits into a type of the application's own.
    ///
    /// # Errors
    /// If the traits don't fit; the error names the JSON path inside them.
    ///
    /// ```
    /// # use kratos_client::{DecodeError, Whoami};
    /// #[derive(serde::Deserialize)]
    /// struct Person { email: String }
    ///
    /// fn email(whoami: Whoami) -> Result<Option<String>, DecodeError> {
    ///     let session = whoami.with_traits::<Person>()?.active();
    ///     Ok(session.map(|session| session.identity.traits.email.clone()))
    /// }
    /// ```
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<Whoami<T>, DecodeError> {
        Ok(match self {
            Self::Active(session) => Whoami::Active(with_traits(session)?),
            Self::Inactive(session) => Whoami::Inactive(with_traits(session)?),
            Self::NoSession => Whoami::NoSession,
            Self::SecondFactorRequired { redirect_to } => {
                Whoami::SecondFactorRequired { redirect_to }
            }
        })
    }
}
