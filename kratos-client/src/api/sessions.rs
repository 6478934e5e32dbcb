//! The [`Sessions`] trait: the session that a credential belongs to.

use crate::{credential::Credential, model::session::Session};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::{DecodeError, Error};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

/// Validates session cookies and session tokens.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/frontend/operation/toSession>.
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Sessions: Send + Sync {
    /// Fetches the session that a credential belongs to.
    ///
    /// A missing session and one that lacks a second factor are values of [`Whoami`].
    ///
    /// # Errors
    /// If the server can't be reached or its response is not valid. Treat every error as "access
    /// denied".
    #[doc(alias = "toSession")]
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error>;

    /// The name of the session cookie, if [`Sessions::whoami`] reads no other cookie of a
    /// [`Credential::CookieHeader`]. The default is `None`: unknown.
    ///
    /// A cache treats cookie headers with the same session cookies as the same credential if it
    /// knows the name. A decorator can return the name of its inner service, unless it reads other
    /// cookies itself.
    fn session_cookie(&self) -> Option<&str> {
        None
    }
}

#[cfg(feature = "mock")]
mockall::mock! {
    /// A mock of [`Sessions`] that does not override [`Sessions::session_cookie`].
    pub Sessions {}

    #[async_trait]
    impl Sessions for Sessions {
        async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error>;
    }
}

/// The result of validating a credential. The identity's traits are raw JSON, or an application
/// type after [`Whoami::with_traits`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an unchecked result does not protect anything"]
pub enum Whoami<T = Value> {
    /// An active session.
    Active(Arc<Session<T>>),
    /// There is no valid session: the credential is missing, unknown, revoked or expired, or the
    /// identity is disabled.
    NoSession,
    /// The session lacks a second factor that the server requires.
    SecondFactorRequired {
        /// The URL at which a browser completes the second factor.
        redirect_to: Option<Url>,
    },
    /// The server returned a session that is not valid: it is not marked as active, has no expiry
    /// time, or its identity is not active.
    Inactive(Arc<Session<T>>),
}

impl<T> Whoami<T> {
    /// The active session; `None` for all other variants.
    pub fn active(self) -> Option<Arc<Session<T>>> {
        match self {
            Self::Active(session) => Some(session),
            _ => None,
        }
    }

    /// The name for an [`Observer`](ory_http::Observer).
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Active(_) => "active",
            Self::NoSession => "no_session",
            Self::SecondFactorRequired { .. } => "second_factor_required",
            Self::Inactive(_) => "inactive",
        }
    }
}

fn with_traits<T: DeserializeOwned>(session: Arc<Session>) -> Result<Arc<Session<T>>, DecodeError> {
    Arc::unwrap_or_clone(session).with_traits().map(Arc::new)
}

impl Whoami {
    /// Deserializes the identity's traits into an application type.
    ///
    /// # Errors
    /// If the traits do not match the type; the error contains the JSON path of the mismatch.
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
