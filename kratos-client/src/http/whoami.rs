//! `GET /sessions/whoami`.

use crate::http::KratosClient;
use crate::{
    api::sessions::{Sessions, Whoami},
    credential::Credential,
    model::{
        identity::{Identity, IdentityId, IdentityState},
        lenient,
        session::Session,
    },
};
use async_trait::async_trait;
use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;
use ory_http::Error;
use ory_http::{JsonObject, Request, Response};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use std::{sync::Arc, time::Duration};
use url::Url;

#[async_trait]
impl Sessions for KratosClient {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        self.whoami_as(credential).await
    }
}

impl KratosClient {
    /// [`Sessions::whoami`] with the traits in a type of the application's own, read straight from
    /// the answer.
    ///
    /// # Errors
    /// As [`Sessions::whoami`], and if the traits don't fit.
    pub async fn whoami_as<T: DeserializeOwned>(
        &self,
        credential: &Credential,
    ) -> Result<Whoami<T>, Error> {
        let request = Request::new("whoami", Method::GET, self.0.whoami.clone());
        match self.authenticate(request, credential)? {
            Some(request) => outcome(self.0.transport.send(request).await?),
            None => Ok(Whoami::NoSession),
        }
    }
}

impl KratosClient {
    /// The active session in a type of the application's own, such as one with just the few fields
    /// that it needs: whatever else changes in the answer is not looked at. `None` where there is
    /// no session that counts; [`Sessions::whoami`] tells why.
    ///
    /// ```no_run
    /// # async fn example(kratos: kratos_client::KratosClient, who: kratos_client::Credential) -> Result<(), kratos_client::Error> {
    /// #[derive(serde::Deserialize)]
    /// struct Brief { identity: Who }
    /// #[derive(serde::Deserialize)]
    /// struct Who { id: String }
    ///
    /// let session: Option<Brief> = kratos.active_session_as(&who).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Sessions::whoami`], and if the type does not fit.
    pub async fn active_session_as<S: DeserializeOwned>(
        &self,
        credential: &Credential,
    ) -> Result<Option<S>, Error> {
        let request = Request::new("whoami", Method::GET, self.0.whoami.clone());
        let Some(request) = self.authenticate(request, credential)? else { return Ok(None) };
        let answer = self.0.transport.send(request).await?;
        if answer.status() == StatusCode::OK {
            let counts = answer.json_object::<Standing>()?.counts();
            return if counts { answer.json().map(Some) } else { Ok(None) };
        }
        outcome::<IgnoredAny>(answer).map(|_| None)
    }
}

/// What decides whether a session counts. What can't be read counts for nothing.
#[derive(Deserialize)]
struct Standing {
    #[serde(default, deserialize_with = "lenient::field")]
    active: bool,
    #[serde(default, deserialize_with = "lenient::field")]
    expires_at: Option<Timestamp>,
    identity: JsonObject<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    id: IdentityId,
    #[serde(default, deserialize_with = "lenient::field")]
    state: Option<IdentityState>,
}

impl Standing {
    fn counts(&self) -> bool {
        let JsonObject(Owner { id, state }) = &self.identity;
        counts(self.active, self.expires_at, id, state.as_ref())
    }
}

/// Whether a session counts: by Kratos's own rule, which all of its fields have to say. One that
/// is missing, or says something that this version does not know, does not say so.
fn counts(
    active: bool,
    expires_at: Option<Timestamp>,
    id: &IdentityId,
    state: Option<&IdentityState>,
) -> bool {
    active
        && expires_at.is_some_and(|end| end > Timestamp::now())
        && state == Some(&IdentityState::Active)
        && !id.as_str().is_empty()
}

pub(crate) fn outcome<T: DeserializeOwned>(answer: Response) -> Result<Whoami<T>, Error> {
    if answer.status() == StatusCode::OK {
        let mut session: Session<T> = answer.json_object()?;
        session.cache_for = cache_for(answer.headers());
        let session = Arc::new(session);
        let Identity { id, state, .. } = &session.identity;
        return Ok(if counts(session.active, session.expires_at, id, state.as_ref()) {
            Whoami::Active(session)
        } else {
            Whoami::Inactive(session)
        });
    }
    match (answer.status(), answer.server_error()) {
        (StatusCode::UNAUTHORIZED, Some(_)) => Ok(Whoami::NoSession),
        (StatusCode::FORBIDDEN, Some(error)) if error.id() == Some("session_aal2_required") => {
            let redirect_to = error.redirect_browser_to().map(Url::parse).transpose();
            match redirect_to {
                Ok(redirect_to) if redirect_to.as_ref().is_none_or(is_web) => {
                    Ok(Whoami::SecondFactorRequired { redirect_to })
                }
                _ => Err(answer.unexpected("a second factor at what is no web address")),
            }
        }
        _ => Err(answer.into_error()),
    }
}

/// How long the server lets an answer be kept. It says so beside a 401, too, where nothing is to
/// be kept.
fn cache_for(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("ory-session-cache-for")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Whether a browser can be sent there.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
