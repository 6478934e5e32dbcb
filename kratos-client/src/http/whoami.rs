//! `GET /sessions/whoami`.

use crate::http::KratosClient;
use crate::{
    api::sessions::{Sessions, Whoami},
    credential::Credential,
    model::{
        identity::{Identity, IdentityId, IdentityState},
        lenient,
        session::Session,
        set_cookies::SetCookies,
        web_url::is_http_url,
    },
};
use async_trait::async_trait;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use ory_http::Error;
use ory_http::{JsonObject, Response};
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

    fn session_cookie(&self) -> Option<&str> {
        Some(self.0.cookie.as_str())
    }
}

impl KratosClient {
    /// [`Sessions::whoami`] with traits of an application type, which are decoded directly from the
    /// response.
    ///
    /// # Errors
    /// As [`Sessions::whoami`], and if the traits can't be decoded.
    pub async fn whoami_as<T: DeserializeOwned>(
        &self,
        credential: &Credential,
    ) -> Result<Whoami<T>, Error> {
        let public = self.public("whoami")?;
        match self.authenticate(self.0.whoami.get("whoami")?.clone(), credential)? {
            Some(request) => {
                let whoami = outcome(public.send(request).await?)?;
                public.observe_decision("whoami", whoami.name());
                Ok(whoami)
            }
            None => Ok(Whoami::NoSession),
        }
    }
}

impl KratosClient {
    /// Returns the active session as an application type, such as one with only the fields that the
    /// application needs. Other fields are not decoded. Returns `None` if there is no valid session;
    /// [`Sessions::whoami`] returns the reason.
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
    /// As [`Sessions::whoami`], and if the session can't be decoded.
    pub async fn active_session_as<S: DeserializeOwned>(
        &self,
        credential: &Credential,
    ) -> Result<Option<S>, Error> {
        let public = self.public("whoami")?;
        let request = self.authenticate(self.0.whoami.get("whoami")?.clone(), credential)?;
        let Some(request) = request else { return Ok(None) };
        let response = public.send(request).await?;
        if response.status() == StatusCode::OK {
            let validity = response.json_object::<SessionStatus>()?.validity();
            return if validity == Validity::Valid { response.json().map(Some) } else { Ok(None) };
        }
        outcome::<IgnoredAny>(response).map(|_| None)
    }
}

/// The fields that decide whether a session is valid. A field that can't be decoded counts as missing.
#[derive(Deserialize)]
struct SessionStatus {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Validity {
    Valid,
    Inactive,
    Expired,
}

/// The maximum clock skew: the server, whose clock can be behind, decides first whether a session has
/// expired.
const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_mins(1);

impl SessionStatus {
    fn validity(&self) -> Validity {
        let JsonObject(Owner { id, state }) = &self.identity;
        validity(self.active, self.expires_at, id, state.as_ref())
    }
}

/// Returns whether a session is valid, by the rule of Kratos: it is active, it has not expired, and its
/// identity is active. A missing field or an unknown value makes it invalid.
fn validity(
    active: bool,
    expires_at: Option<Timestamp>,
    id: &IdentityId,
    state: Option<&IdentityState>,
) -> Validity {
    let Some(end) = expires_at else { return Validity::Inactive };
    if !active || state != Some(&IdentityState::Active) || id.as_str().is_empty() {
        return Validity::Inactive;
    }
    match Timestamp::now().duration_since(end) > CLOCK_LEEWAY {
        true => Validity::Expired,
        false => Validity::Valid,
    }
}

pub(crate) fn outcome<T: DeserializeOwned>(response: Response) -> Result<Whoami<T>, Error> {
    if response.status() == StatusCode::OK {
        let mut session: Session<T> = response.json_object()?;
        session.cache_for = cache_for(response.headers());
        session.set_cookies = SetCookies::from_headers(response.headers());
        let session = Arc::new(session);
        let Identity { id, state, .. } = &session.identity;
        return Ok(match validity(session.active, session.expires_at, id, state.as_ref()) {
            Validity::Valid => Whoami::Active(session),
            Validity::Inactive => Whoami::Inactive(session),
            // A new login replaces an expired session, and not an inactive one.
            Validity::Expired => Whoami::NoSession,
        });
    }
    match (response.status(), response.server_error()) {
        (StatusCode::UNAUTHORIZED, Some(_)) => Ok(Whoami::NoSession),
        (StatusCode::FORBIDDEN, Some(error)) if error.id() == Some("session_aal2_required") => {
            let redirect_to = error.redirect_browser_to().map(Url::parse).transpose();
            match redirect_to {
                Ok(redirect_to) if redirect_to.as_ref().is_none_or(is_http_url) => {
                    Ok(Whoami::SecondFactorRequired { redirect_to })
                }
                _ => Err(response
                    .unexpected("the URL for the second factor is not an http or https URL")),
            }
        }
        _ => Err(response.into_error()),
    }
}

/// Returns how long the server allows the response to be cached.
fn cache_for(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("ory-session-cache-for")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
