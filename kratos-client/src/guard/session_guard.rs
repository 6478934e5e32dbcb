//! The guard that lets requests with a session pass.

use crate::{
    api::sessions::Sessions,
    guard::{
        cross_site::{RequestSource, is_forged, request_source},
        current_session::{CurrentSession, insert_principal},
        forward_auth::NoRedirects,
        login_redirect::{LoginUrls, count_attempt, has_returned, is_loop},
        paths::PathPattern,
        refusal::Refusal,
    },
    http::KratosClient,
    model::{authentication::AuthenticatorAssuranceLevel, session::Session, web_url::is_http_url},
};
use bytes::Bytes;
use derive_more::Debug;
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{CACHE_CONTROL, LOCATION, SET_COOKIE},
    request::Parts,
};
use jiff::Timestamp;
use ory_http::{
    ConfigError, env_vars,
    guard::{
        Caller, Guard, PrincipalUnavailable, Refused, ResponseHeaders, log_unavailable, preflight,
    },
};
use std::{sync::Arc, time::Duration};
use url::Url;

/// Lets requests with an active session pass, and refuses all others: see the
/// [table of answers](crate::guard#answers).
///
/// It is a layer of tower and axum, and a middleware of actix-web. What it learns about a request is
/// there for the extractors behind it, and for a guard of permissions. Guards can be nested, such as
/// one for the application and another one that asks for a second factor around some of its routes:
/// Kratos is asked once. A cached client shares sessions between requests, too.
///
/// A cookie that Kratos sets because it extended the session is passed on to the browser.
///
/// ```
/// use kratos_client::{KratosClient, guard::SessionGuard};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let kratos = KratosClient::builder().public_url("http://127.0.0.1:4433").build()?;
/// let sessions = SessionGuard::new(kratos, "http://127.0.0.1:4455/login", "http://127.0.0.1:3000")?
///     .except("/health/*");
/// let settings = sessions.clone().require_second_factor();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SessionGuard(Arc<Settings>);

#[derive(Clone, Debug)]
struct Settings {
    #[debug(skip)]
    sessions: Arc<dyn Sessions>,
    urls: LoginUrls,
    exceptions: Vec<PathPattern>,
    is_optional: bool,
    needs_second_factor: bool,
    max_login_age: Option<Duration>,
    browsers_only: bool,
    #[debug(skip)]
    on_refusal: Option<Arc<OnRefusal>>,
}

type OnRefusal = dyn Fn(&Refusal, &Parts) -> Option<Response<Bytes>> + Send + Sync;

impl SessionGuard {
    /// Creates a guard from a Kratos, the URL of the page at which people log in, such as
    /// `http://127.0.0.1:4455/login`, and the URL at which browsers reach this application, such as
    /// `http://127.0.0.1:3000`.
    ///
    /// Browsers come back to that URL after the login, to the path and query of their request. Kratos
    /// must allow it in `selfservice.allowed_return_urls`. If it has a path, that comes before the
    /// path of each request, as behind a proxy that removes it.
    ///
    /// # Errors
    /// If one of the URLs is not an `http` or `https` URL.
    pub fn new(
        sessions: impl Sessions + 'static,
        login_url: impl AsRef<str>,
        app_url: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let login = web_url("the URL of the login", login_url.as_ref())?;
        let origins = vec![web_url("the URL of the application", app_url.as_ref())?];
        Ok(Self(Arc::new(Settings {
            sessions: Arc::new(sessions),
            urls: LoginUrls { login, origins },
            exceptions: Vec::new(),
            is_optional: false,
            needs_second_factor: false,
            max_login_age: None,
            browsers_only: false,
            on_refusal: None,
        })))
    }

    /// Creates a guard from the environment: a [`KratosClient`] by [`KratosClient::from_env`], the login
    /// at `/login` of the login UI in `KRATOS_UI_URL`, and the URL of this application in
    /// `APP_PUBLIC_URL`.
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub fn from_env() -> Result<Self, ConfigError> {
        let variable = |name| env_vars(name).ok_or_else(|| ConfigError::new(name, "is not set"));
        let login = format!("{}/login", variable("KRATOS_UI_URL")?.trim_end_matches('/'));
        Self::new(KratosClient::from_env()?, login, variable("APP_PUBLIC_URL")?)
    }

    /// Allows another URL at which browsers reach this application, or whose pages may send requests
    /// that change something.
    ///
    /// # Errors
    /// If it is not an `http` or `https` URL.
    pub fn allow_origin(self, url: impl AsRef<str>) -> Result<Self, ConfigError> {
        let url = web_url("the allowed origin", url.as_ref())?;
        Ok(self.with(|settings| settings.urls.origins.push(url)))
    }

    /// Lets all requests for a path pass, or with `/*` at its end, all for paths below it. Nobody is
    /// asked about them unless an extractor does. In a nested router the path is what that router
    /// sees.
    #[must_use]
    pub fn except(self, path: &str) -> Self {
        self.with(|settings| settings.exceptions.push(PathPattern::new(path)))
    }

    /// Lets all requests pass, for the extractors to decide: see
    /// [`OptionalSession`](crate::guard::OptionalSession).
    #[must_use]
    pub fn optional(self) -> Self {
        self.with(|settings| settings.is_optional = true)
    }

    /// Requires the authenticator assurance level `aal2`.
    #[must_use]
    pub fn require_second_factor(self) -> Self {
        self.with(|settings| settings.needs_second_factor = true)
    }

    /// Requires that the last authentication of the session is not older than this.
    #[must_use]
    pub fn max_login_age(self, age: Duration) -> Self {
        self.with(|settings| settings.max_login_age = Some(age))
    }

    /// Answers all callers as browsers that open a page, except for those that open a `WebSocket`.
    #[must_use]
    pub fn browsers_only(self) -> Self {
        self.with(|settings| settings.browsers_only = true)
    }

    /// Replaces responses of the guard and of the extractors behind it. The default response is sent
    /// where the function returns `None`.
    #[must_use]
    pub fn on_refusal(
        self,
        respond: impl Fn(&Refusal, &Parts) -> Option<Response<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.on_refusal = Some(Arc::new(respond)))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    pub(super) fn sessions(&self) -> &Arc<dyn Sessions> {
        &self.0.sessions
    }

    fn caller(&self, request: &Parts) -> Caller {
        match Caller::of(request) {
            Caller::Script if self.0.browsers_only => Caller::Browser,
            caller => caller,
        }
    }

    pub(super) fn source(&self, request: &Parts) -> RequestSource {
        request_source(&request.headers, &self.0.urls.origins)
    }

    /// Refuses a request that another site made a browser send.
    pub(super) fn check_source(&self, request: &Parts) -> Result<(), Refusal> {
        match is_forged(request, &self.0.urls.origins) {
            true => Err(Refusal::CrossSite),
            false => Ok(()),
        }
    }

    /// Refuses a session that does not meet the requirements of the route.
    pub(super) fn check_requirements(&self, session: &Session) -> Result<(), Refusal> {
        let level = session.authenticator_assurance_level.as_ref();
        let has_second_factor = level == Some(&AuthenticatorAssuranceLevel::Aal2);
        if self.0.needs_second_factor && !has_second_factor {
            return Err(Refusal::SecondFactorRequired { redirect_to: None });
        }
        if let Some(max_age) = self.0.max_login_age {
            let age = session.authenticated_at.map(|at| Timestamp::now().duration_since(at));
            // A login in the future is one by a clock that is ahead.
            let age = age.map(|age| Duration::try_from(age).unwrap_or_default());
            if age.is_none_or(|age| age > max_age) {
                return Err(Refusal::LoginTooOld { max_age });
            }
        }
        Ok(())
    }

    /// The response for a refusal.
    pub(super) fn refuse(&self, refusal: Refusal, request: &Parts) -> Refused {
        let caller = self.caller(request);
        let urls = &self.0.urls;
        let step = refusal.login_step().filter(|_| caller == Caller::Browser);
        let is_loop = step.filter(|step| is_loop(request, *step));
        let refusal = match is_loop {
            Some(missing) => Refusal::LoginLoop { missing },
            None => refusal,
        };
        if let Refusal::Unavailable(error) = &refusal {
            log_unavailable(error);
        }
        if step.is_some() {
            let is_https = urls.origins[0].scheme() == "https";
            let cookie = count_attempt(request, is_loop.is_some(), is_https);
            if let Some(headers) = request.extensions.get::<ResponseHeaders>() {
                headers.append([(SET_COOKIE, cookie)]);
            }
        }
        let replaced = self.0.on_refusal.as_ref().and_then(|respond| respond(&refusal, request));
        match (replaced, step) {
            (Some(response), _) => response.into(),
            (None, Some(step)) if is_loop.is_none() => {
                let at = match &refusal {
                    Refusal::SecondFactorRequired { redirect_to } => redirect_to.as_ref(),
                    _ => None,
                };
                redirect(&urls.login_for(step, at, request), request)
            }
            (None, _) => refusal.problem().respond(caller),
        }
    }

    /// Sends a browser that comes back from the login with all that it needs to the URL without the
    /// marker, which nobody is to bookmark.
    pub(super) fn remove_marker(&self, request: &Parts) -> Result<(), Refused> {
        let is_read = matches!(request.method, Method::GET | Method::HEAD);
        match is_read && has_returned(request) && self.caller(request) == Caller::Browser {
            true => Err(redirect(&self.0.urls.without_marker(request), request)),
            false => Ok(()),
        }
    }
}

impl Guard for SessionGuard {
    async fn check(&self, request: &mut Parts) -> Result<(), Refused> {
        let settings = &*self.0;
        let current = CurrentSession::insert(self, request);
        if settings.exceptions.iter().any(|path| path.matches(request.uri.path())) {
            return Ok(());
        }
        if settings.is_optional {
            // The extractors answer for an error.
            match current.session(request).await {
                Ok(Some(session)) => insert_principal(session, request),
                Err(Refusal::Unavailable(_)) => {
                    request.extensions.insert(PrincipalUnavailable);
                }
                _ => {}
            }
            return Ok(());
        }
        if request.method == Method::OPTIONS && self.caller(request) == Caller::Preflight {
            return Err(preflight());
        }
        let session = current.require(request).await?;
        insert_principal(session, request);
        Ok(())
    }
}

fn redirect(to: &Url, request: &Parts) -> Refused {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = match request.extensions.get::<NoRedirects>() {
        Some(NoRedirects) => StatusCode::UNAUTHORIZED,
        None => StatusCode::FOUND,
    };
    let headers = response.headers_mut();
    // A URL is ASCII without control characters.
    if let Ok(to) = HeaderValue::from_str(to.as_str()) {
        headers.insert(LOCATION, to);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.into()
}

fn web_url(name: &str, text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|error| ConfigError::new(name, error.to_string()))?;
    match is_http_url(&url) && url.username().is_empty() && url.password().is_none() {
        true => Ok(url),
        false => Err(ConfigError::new(name, "is not an http or https URL without a user name")),
    }
}
