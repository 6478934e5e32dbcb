//! What handlers read of the session of a request.

use crate::{
    guard::{cross_site::RequestSource, current_session::CurrentSession, refusal::Refusal},
    model::{identity::Identity, session::Session},
};
use http::request::Parts;
use ory_http::guard::Refused;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{any::Any, ops::Deref, sync::Arc};

/// Extractor: the active session, with the identity's traits as `T`.
///
/// A request without one, or without what the guard around the route requires, is refused as the guard
/// does it. So is one whose session can't be found out, and one whose traits do not match `T`.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveSession<T = Value>(pub Arc<Session<T>>);

/// Extractor: the active session, or `None` for a request without a session.
///
/// Everything else is refused, also under a guard that is
/// [optional](crate::guard::SessionGuard::optional): an error is not taken for a missing session. In
/// axum, `Option<ActiveSession<T>>` is the same. In actix-web it is not: the `Option` of actix-web is
/// `None` for every error.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionalSession<T = Value>(pub Option<Arc<Session<T>>>);

/// Extractor: the identity of the active session, see [`ActiveSession`].
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveIdentity<T = Value>(Arc<Session<T>>);

impl<T> Deref for ActiveSession<T> {
    type Target = Session<T>;

    fn deref(&self) -> &Session<T> {
        &self.0
    }
}

impl<T> Deref for ActiveIdentity<T> {
    type Target = Identity<T>;

    fn deref(&self) -> &Identity<T> {
        &self.0.identity
    }
}

impl<T: DeserializeOwned + 'static> ActiveSession<T> {
    /// Reads the session of a request that is behind a guard, in a framework without an extractor of
    /// its own.
    ///
    /// # Errors
    /// The response, if the request is refused.
    pub async fn from_parts(request: &Parts) -> Result<Self, Refused> {
        let current = CurrentSession::of(request)?;
        let session = current.require(request).await?;
        typed(session).map(Self).map_err(|refusal| current.refuse(refusal, request))
    }
}

impl<T: DeserializeOwned + 'static> OptionalSession<T> {
    /// Reads the session of a request that is behind a guard, in a framework without an extractor of
    /// its own.
    ///
    /// # Errors
    /// The response, if the request is refused.
    pub async fn from_parts(request: &Parts) -> Result<Self, Refused> {
        let current = CurrentSession::of(request)?;
        let session = async {
            let session = current.session(request).await?;
            session.map(typed).transpose()
        };
        session.await.map(Self).map_err(|refusal| current.refuse(refusal, request))
    }
}

impl<T: DeserializeOwned + 'static> ActiveIdentity<T> {
    /// Reads the identity of a request that is behind a guard, in a framework without an extractor of
    /// its own.
    ///
    /// # Errors
    /// The response, if the request is refused.
    pub async fn from_parts(request: &Parts) -> Result<Self, Refused> {
        ActiveSession::from_parts(request).await.map(|session| Self(session.0))
    }
}

impl RequestSource {
    /// Reads which page sent a request that is behind a guard, in a framework without an extractor of
    /// its own.
    ///
    /// # Errors
    /// The response with status 500, if no guard is around the route.
    pub fn from_parts(request: &Parts) -> Result<Self, Refused> {
        CurrentSession::of(request).map(|current| current.source(request))
    }
}

fn typed<T: DeserializeOwned + 'static>(session: Arc<Session>) -> Result<Arc<Session<T>>, Refusal> {
    // The session of any traits is shared and not copied.
    if let Some(session) = (&session as &dyn Any).downcast_ref::<Arc<Session<T>>>() {
        return Ok(session.clone());
    }
    Arc::unwrap_or_clone(session).with_traits().map(Arc::new).map_err(Refusal::Traits)
}
