//! The session of a request, which all guards and extractors of the request share.

use crate::{
    api::sessions::{Sessions, Whoami},
    credential::{Credential, SESSION_TOKEN},
    guard::{cross_site::RequestSource, refusal::Refusal, session_guard::SessionGuard},
    model::{identity::Identity, session::Session},
};
use http::{
    header::{AUTHORIZATION, COOKIE, SET_COOKIE},
    request::Parts,
};
use ory_http::{
    Error, ErrorKind,
    guard::{Caller, CurrentPrincipal, Principal, Refused, ResponseHeaders},
};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// The session of a request, and the innermost guard around its route.
#[derive(Clone)]
pub(super) struct CurrentSession {
    guard: SessionGuard,
    whoami: Arc<OnceCell<Result<Whoami, Error>>>,
    headers: ResponseHeaders,
}

impl CurrentSession {
    /// Inserts it into the request. A guard around this one shares its response if it asks the same
    /// client.
    pub(super) fn insert(guard: &SessionGuard, request: &mut Parts) -> Self {
        let headers = ResponseHeaders::of(&mut request.extensions);
        let outer = request.extensions.get::<Self>();
        let outer = outer.filter(|outer| Arc::ptr_eq(outer.guard.sessions(), guard.sessions()));
        let whoami = outer.map(|outer| outer.whoami.clone()).unwrap_or_default();
        let current = Self { guard: guard.clone(), whoami, headers };
        request.extensions.insert(current.clone());
        current
    }

    /// That of a request.
    pub(super) fn of(request: &Parts) -> Result<&Self, Refused> {
        let missing = || Refusal::NotConfigured.problem().respond(Caller::of(request));
        request.extensions.get::<Self>().ok_or_else(missing)
    }

    /// Asks Kratos, once for each request.
    async fn whoami(&self, request: &Parts) -> Result<Whoami, Error> {
        let ask = || async {
            // Without any credential nobody has to be asked.
            if ![COOKIE, SESSION_TOKEN, AUTHORIZATION]
                .iter()
                .any(|n| request.headers.contains_key(n))
            {
                return Ok(Whoami::NoSession);
            }
            let credential = Credential::from_headers(&request.headers);
            match self.guard.sessions().whoami(&credential).await {
                // Kratos can't have issued such a cookie: logging in replaces it.
                Err(error) if matches!(error.kind(), ErrorKind::InvalidInput { .. }) => {
                    Ok(Whoami::NoSession)
                }
                whoami => whoami,
            }
        };
        let ask = || async {
            let whoami = ask().await;
            if let Ok(Whoami::Active(session) | Whoami::Inactive(session)) = &whoami {
                let cookies = session.set_cookies.iter();
                self.headers.append(cookies.map(|cookie| (SET_COOKIE, cookie.clone())));
            }
            whoami
        };
        self.whoami.get_or_init(ask).await.clone()
    }

    /// The active session, if it meets the requirements of the guard, or `None` if there is no session.
    pub(super) async fn session(&self, request: &Parts) -> Result<Option<Arc<Session>>, Refusal> {
        self.guard.check_source(request)?;
        match self.whoami(request).await {
            Ok(Whoami::Active(session)) => {
                self.guard.check_requirements(&session).map(|()| Some(session))
            }
            Ok(Whoami::NoSession) => Ok(None),
            Ok(Whoami::SecondFactorRequired { redirect_to }) => {
                Err(Refusal::SecondFactorRequired { redirect_to })
            }
            Ok(Whoami::Inactive(_)) => Err(Refusal::Inactive),
            Err(error) => Err(Refusal::Unavailable(error)),
        }
    }

    /// The same, and no session is an error.
    pub(super) async fn require(&self, request: &Parts) -> Result<Arc<Session>, Refused> {
        let session = self.session(request).await;
        let session = session.and_then(|session| session.ok_or(Refusal::NoSession));
        let session = session.map_err(|refusal| self.refuse(refusal, request))?;
        self.guard.remove_marker(request)?;
        Ok(session)
    }

    pub(super) fn refuse(&self, refusal: Refusal, request: &Parts) -> Refused {
        self.guard.refuse(refusal, request)
    }

    /// Which page sent the request.
    pub(super) fn source(&self, request: &Parts) -> RequestSource {
        self.guard.source(request)
    }
}

/// Tells guards of permissions who is logged in.
pub(super) fn insert_principal(session: Arc<Session>, request: &mut Parts) {
    request.extensions.insert(CurrentPrincipal(session));
}

impl Principal for Session {
    fn id(&self) -> &str {
        self.identity.id()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.identity.attribute(name)
    }
}

impl Principal for Identity {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.traits.get(name)?.as_str()
    }
}
