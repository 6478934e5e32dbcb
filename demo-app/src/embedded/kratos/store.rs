//! What the small Kratos remembers, bounded in number and time.

use super::Flow;
use crate::embedded::{
    error::WireError,
    people::{Person, people},
};
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use rand::distr::{Alphanumeric, SampleString};
use serde_json::{Value, json};
use std::{num::NonZeroU32, sync::Arc, time::Duration};
use subtle::ConstantTimeEq;
use url::Url;
use uuid::Uuid;

const SESSION_LIFESPAN: Duration = Duration::from_hours(24);
const FLOW_LIFESPAN: Duration = Duration::from_mins(10);
/// Wrong passwords that are looked at, from everybody together: nobody guesses one by trying.
const FAILURES_A_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("is above zero");
const CSRF_COOKIE: &str = "csrf_token_embedded";

pub(crate) struct Kratos {
    public: Url,
    ui: Url,
    return_urls: Vec<Url>,
    session_cookie: String,
    flows: Cache<String, Arc<Flow>>,
    sessions: Cache<String, Arc<Session>>,
    logout_tokens: Cache<String, String>,
    errors: Cache<String, Value>,
    failures: DefaultDirectRateLimiter,
}

/// A log-in that counts. Its secret is the key that it is kept by.
pub(super) struct Session {
    id: String,
    pub(super) person: &'static Person,
    since: Timestamp,
    ip_address: Option<String>,
    user_agent: Option<String>,
}

impl Kratos {
    pub(crate) fn new(public: Url, ui: Url, return_urls: Vec<Url>, session_cookie: String) -> Self {
        Self {
            public,
            ui,
            return_urls,
            session_cookie,
            flows: bounded(FLOW_LIFESPAN),
            sessions: bounded(SESSION_LIFESPAN),
            logout_tokens: bounded(SESSION_LIFESPAN),
            errors: bounded(FLOW_LIFESPAN),
            failures: RateLimiter::direct(Quota::per_second(FAILURES_A_SECOND)),
        }
    }

    /// A URL of this server.
    pub(crate) fn url(&self, path: &str) -> Url {
        join(&self.public, path)
    }

    /// A URL of the login UI.
    pub(crate) fn ui_url(&self, path: &str) -> Url {
        join(&self.ui, path)
    }

    /// The UI's page for an error.
    pub(super) fn error_page(&self, error: &WireError) -> Url {
        let id = Uuid::new_v4().to_string();
        self.errors.insert(id.clone(), error.body());
        let mut url = self.ui_url("error");
        url.query_pairs_mut().append_pair("id", &id);
        url
    }

    pub(crate) fn error(&self, id: &str) -> Option<Value> {
        self.errors.get(id)
    }

    /// Where a browser may be sent after a flow: only to an allowed origin.
    pub(super) fn return_to(&self, wanted: Option<&str>) -> Result<Option<Url>, WireError> {
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return Ok(None) };
        let url = Url::parse(wanted)
            .ok()
            .filter(|url| self.return_urls.iter().any(|allowed| allowed.origin() == url.origin()));
        let forbidden = || {
            WireError::bad_request(format!("Requested return_to URL \"{wanted}\" is not allowed."))
                .id("self_service_flow_return_to_forbidden")
        };
        url.map(Some).ok_or_else(forbidden)
    }

    pub(super) fn default_return_url(&self) -> Url {
        self.return_urls.first().unwrap_or(&self.ui).clone()
    }

    pub(super) fn keep_flow(&self, flow: Flow) -> Arc<Flow> {
        let flow = Arc::new(flow);
        self.flows.insert(flow.id.clone(), flow.clone());
        flow
    }

    pub(crate) fn flow(&self, id: &str) -> Option<Arc<Flow>> {
        self.flows.get(id)
    }

    /// Counts a log-in that failed; `true` once there are too many of them.
    pub(super) fn too_many_failures(&self) -> bool {
        self.failures.check().is_err()
    }

    /// The person with these credentials. Each comparison takes as long for a wrong value as for a
    /// right one of the same length.
    pub(super) fn authenticate(identifier: &str, password: &str) -> Option<&'static Person> {
        let matches = |person: &&Person| {
            let name = person.email.as_bytes().ct_eq(identifier.as_bytes());
            let password = person.password.as_bytes().ct_eq(password.as_bytes());
            bool::from(name & password)
        };
        people().iter().rfind(matches)
    }

    /// Starts a session; gives back its secret.
    pub(super) fn start_session(
        &self,
        person: &'static Person,
        prefix: &str,
        request: &HttpRequest,
    ) -> (String, Arc<Session>) {
        let secret = format!("{prefix}{}", random(32));
        let header = |name| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
        let peer = || request.peer_addr().map(|address| address.to_string());
        let session = Arc::new(Session {
            id: Uuid::new_v4().to_string(),
            person,
            since: Timestamp::now(),
            ip_address: header("true-client-ip").or_else(peer),
            user_agent: header("user-agent"),
        });
        self.sessions.insert(secret.clone(), session.clone());
        (secret, session)
    }

    pub(super) fn end_session(&self, secret: &str) {
        self.sessions.invalidate(secret);
    }

    /// The session of a request: token header, cookie or bearer token, in Kratos's order.
    pub(super) fn session(&self, request: &HttpRequest) -> Option<(String, Arc<Session>)> {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let bearer = || header("authorization")?.strip_prefix("Bearer ").map(str::to_owned);
        let secret = header("x-session-token")
            .map(str::to_owned)
            .or_else(|| Some(request.cookie(&self.session_cookie)?.value().to_owned()))
            .or_else(bearer)?;
        let session = self.sessions.get(&secret).filter(|session| session.person.active)?;
        Some((secret, session))
    }

    pub(super) fn session_cookie<'a>(&self, secret: &'a str) -> Cookie<'a> {
        cookie(self.session_cookie.clone(), secret)
    }

    pub(super) fn no_session_cookie(&self) -> Cookie<'static> {
        let mut cookie = cookie(self.session_cookie.clone(), "");
        cookie.make_removal();
        cookie
    }

    /// A token that ends the session when it comes back with it.
    pub(super) fn logout_token(&self, secret: String) -> String {
        let token = format!("ory_lo_{}", random(32));
        self.logout_tokens.insert(token.clone(), secret);
        token
    }

    pub(super) fn redeem_logout_token(&self, token: &str) -> Option<String> {
        self.logout_tokens.remove(token)
    }

    /// A browser's anti-CSRF secret: the one that it has, or a new one to keep.
    pub(super) fn csrf(request: &HttpRequest) -> String {
        let kept = request.cookie(CSRF_COOKIE).map(|cookie| cookie.value().to_owned());
        kept.filter(|kept| kept.len() == 44).unwrap_or_else(|| random(44))
    }

    pub(super) fn csrf_cookie(secret: &str) -> Cookie<'_> {
        cookie(CSRF_COOKIE.into(), secret)
    }

    /// Whether a browser flow belongs to the browser that asks.
    pub(crate) fn owns(request: &HttpRequest, flow: &Flow) -> bool {
        match (&flow.csrf, request.cookie(CSRF_COOKIE)) {
            (None, _) => true,
            (Some(csrf), Some(cookie)) => csrf.as_bytes().ct_eq(cookie.value().as_bytes()).into(),
            (Some(_), None) => false,
        }
    }

    /// A session as Kratos tells of it.
    pub(super) fn session_json(&self, session: &Session) -> Value {
        let Session { id, person, since, ip_address, user_agent } = session;
        let lifespan = SignedDuration::try_from(SESSION_LIFESPAN).unwrap_or(SignedDuration::ZERO);
        json!({
            "id": id,
            "active": true,
            "expires_at": *since + lifespan,
            "authenticated_at": since,
            "authenticator_assurance_level": "aal1",
            "authentication_methods":
                [{"method": "password", "aal": "aal1", "completed_at": since}],
            "issued_at": since,
            "identity": person.identity_json(self.url("schemas/default").as_str()),
            "devices": [{
                "id": id,
                "ip_address": ip_address,
                "user_agent": user_agent,
                "location": "",
            }],
        })
    }
}

fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(path);
    url
}

fn bounded<V: Clone + Send + Sync + 'static>(lifespan: Duration) -> Cache<String, V> {
    Cache::builder().max_capacity(10_000).time_to_live(lifespan).build()
}

fn random(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

fn cookie(name: String, value: &str) -> Cookie<'_> {
    Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).finish()
}

/// How long a flow can be used.
pub(super) fn flow_lifespan() -> SignedDuration {
    SignedDuration::try_from(FLOW_LIFESPAN).unwrap_or(SignedDuration::ZERO)
}
