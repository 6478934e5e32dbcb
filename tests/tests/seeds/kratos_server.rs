//! A Kratos of changing versions: sessions, and how they end.

use crate::{
    history::{Answer, Evaluation, Key},
    reply::Reply,
    world::World,
};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use jiff::{SignedDuration, Timestamp};
use kratos_client::{CookieHeader, Credential, SessionCookie, SessionToken};
use serde_json::json;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What a Kratos knows.
#[derive(Clone)]
pub struct KratosServer(Arc<Mutex<State>>);

pub struct State {
    pub is_current: bool,
    /// The session of each credential.
    pub sessions: [Standing; CREDENTIALS],
}

/// What a session is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Active,
    /// Active in the words of the server, whose clock is behind: its end is past.
    JustExpired,
    Expired,
    Revoked,
    SecondFactorRequired,
    Inactive,
}

pub const CREDENTIALS: usize = 4;

pub const STANDINGS: [Standing; 8] = [
    Standing::Active,
    Standing::Active,
    Standing::Active,
    Standing::JustExpired,
    Standing::Expired,
    Standing::Revoked,
    Standing::SecondFactorRequired,
    Standing::Inactive,
];

/// The token of the credentials that are tokens.
pub fn token(place: usize) -> SessionToken {
    SessionToken::new(format!("token-{place}")).unwrap()
}

/// A credential: of the first two places a token, of the others a cookie, alone or among others.
pub fn credential(world: &World, place: usize) -> Credential {
    if place < 2 {
        return token(place).into();
    }
    let value = format!("cookie-{place}");
    if world.chance(50) {
        return SessionCookie::new(value).unwrap().into();
    }
    let other = world.below(3);
    let header = format!("theme={other}; ory_kratos_session={value}");
    CookieHeader::from_headers([header]).into()
}

fn place_of(request: &Request<Bytes>) -> Option<usize> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let token = header("x-session-token").and_then(|token| token.strip_prefix("token-"));
    let cookie = header("cookie");
    let cookie = cookie.and_then(|cookie| cookie.strip_prefix("ory_kratos_session=cookie-"));
    token.or(cookie)?.parse().ok().filter(|place| *place < CREDENTIALS)
}

impl KratosServer {
    pub fn new(world: &World) -> Self {
        let sessions = [(); CREDENTIALS].map(|()| world.pick(&STANDINGS));
        Self(Arc::new(Mutex::new(State { is_current: world.chance(70), sessions })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reply(&self, world: &World, request: &Request<Bytes>) -> Reply {
        let no_session = || Reply::error(401, "No valid session credentials found in the request.");
        match (request.method(), request.uri().path()) {
            (&Method::GET, "/sessions/whoami") => match place_of(request) {
                Some(place) => self.whoami(world, place),
                None => {
                    world.violation("a credential that nobody has");
                    no_session()
                }
            },
            (&Method::GET, "/sessions") if self.state().is_current => match place_of(request) {
                Some(_) => Reply::json(200, "[]"),
                None => no_session(),
            },
            (&Method::DELETE, "/self-service/logout/api") => self.log_out(world, request.body()),
            _ => Reply::no_route(),
        }
    }

    fn whoami(&self, world: &World, place: usize) -> Reply {
        let standing = self.state().sessions[place];
        let header = world.pick(&[None, Some(0), Some(1), Some(60), Some(60)]);
        let allowed = header.map_or(world.settings.max_age_without_header, Duration::from_secs);
        let lifespan = match standing {
            Standing::Active => allowed.min(world.settings.max_age),
            _ => Duration::ZERO,
        };
        let evaluation = world.evaluate(|at, place_in_history| Evaluation {
            key: Key::Credential(place),
            answer: match standing {
                Standing::Active | Standing::JustExpired => {
                    Answer::Active { evaluation: place_in_history }
                }
                Standing::Expired | Standing::Revoked => Answer::NoSession,
                Standing::SecondFactorRequired => Answer::SecondFactorRequired,
                Standing::Inactive => Answer::Inactive,
            },
            at,
            lifespan,
            fetch: None,
            delivered: false,
            used: false,
        });
        let mut reply = match standing {
            Standing::Revoked => Reply::error(401, "No active session was found."),
            Standing::SecondFactorRequired => Reply::json(
                403,
                json!({"error": {"id": "session_aal2_required", "code": 403, "message": "2FA"}})
                    .to_string(),
            ),
            _ => Reply::json(200, session(standing, place, evaluation)),
        };
        if let Some(seconds) = header {
            let seconds = HeaderValue::from(seconds);
            reply.response.headers_mut().insert("ory-session-cache-for", seconds);
        }
        reply.of(vec![evaluation])
    }

    fn log_out(&self, world: &World, body: &[u8]) -> Reply {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let token = body["session_token"].as_str().unwrap();
        let place: usize = token.strip_prefix("token-").unwrap().parse().unwrap();
        self.state().sessions[place] = Standing::Revoked;
        world.counters().changes += 1;
        Reply::text(204, "")
    }
}

/// The session of a credential as an evaluation found it.
fn session(standing: Standing, place: usize, evaluation: usize) -> String {
    let ago = match standing {
        Standing::JustExpired => SignedDuration::from_secs(20),
        Standing::Expired => SignedDuration::from_hours(1),
        _ => SignedDuration::from_hours(-1),
    };
    json!({
        "id": format!("session-{place}"),
        "active": standing != Standing::Inactive,
        "expires_at": Timestamp::now() - ago,
        "identity": {
            "id": format!("identity-{place}"),
            "schema_id": "default",
            "state": "active",
            "traits": {"evaluation": evaluation},
        },
    })
    .to_string()
}
