//! What a server knows.

use super::{
    config::Config,
    courier::{MAX_MESSAGES, Message},
    flow::{Flow, FlowStore},
    identity::Identity,
    random, routes,
    session::{Expand, Session, Sessions},
};
use http::{Request, Response, StatusCode};
use ory_http::testing::{Bytes, Call, ErrorEnvelope, Respond, Router, Storage, Table};
use serde_json::Value;
use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use url::Url;

/// The number of errors and logout tokens that are kept.
const MAX_RECENT: usize = 10_000;

pub(super) struct Kratos {
    pub(super) config: Config,
    data: Mutex<Data>,
    /// The public and the admin API.
    apis: [Router<Self>; 2],
}

impl Respond for Kratos {
    fn respond(&self, api: usize, request: &Request<Bytes>) -> Response<Bytes> {
        self.apis[api].respond(self, request)
    }
}

/// What every route returns.
pub(super) type Answer = Result<Response<Bytes>, ErrorEnvelope>;

pub(super) struct Data {
    pub(super) identities: Table<Identity>,
    pub(super) sessions: Sessions,
    pub(super) messages: Table<Message>,
    pub(super) flows: FlowStore,
    /// Errors for the UI, by their ids.
    errors: VecDeque<(String, Value)>,
    /// The ids of sessions, by their logout tokens.
    pub(super) logout_tokens: VecDeque<(String, String)>,
    /// The failed logins of a second.
    failed_logins: (Instant, u32),
}

impl Data {
    pub(super) fn open(storage: Option<&Arc<dyn Storage>>) -> io::Result<Self> {
        Ok(Self {
            identities: Table::open("identities", storage.cloned())?,
            sessions: Sessions::open(storage.cloned())?,
            messages: Table::open("courier_messages", storage.cloned())?,
            flows: FlowStore::default(),
            errors: VecDeque::new(),
            logout_tokens: VecDeque::new(),
            failed_logins: (Instant::now(), 0),
        })
    }

    /// Inserts or replaces an identity, unless it has a value that another one has.
    pub(super) fn put_identity(&mut self, identity: Identity) -> Result<(), ErrorEnvelope> {
        let others = self.identities.entries().values().filter(|other| other.id != identity.id);
        let mut taken = others.flat_map(Identity::unique_values);
        let is_taken = taken.any(|value| identity.unique_values().any(|new| new == value));
        drop(taken);
        if is_taken {
            let message = "The resource could not be created due to a conflict";
            let reason = "This identity conflicts with another identity that already exists.";
            return Err(ErrorEnvelope::new(StatusCode::CONFLICT, message).reason(reason));
        }
        self.identities.insert(identity.id.clone(), identity)
    }

    pub(super) fn identity(&self, id: &str) -> Result<&Identity, ErrorEnvelope> {
        self.identities.entries().get(id).ok_or_else(ErrorEnvelope::not_found)
    }

    pub(super) fn by_identifier(&self, identifier: &str) -> Option<&Identity> {
        let mut identities = self.identities.entries().values();
        identities.find(|identity| identity.has_identifier(identifier))
    }

    /// Queues a message.
    pub(super) fn send(&mut self, message: Message) -> Result<(), ErrorEnvelope> {
        let mut changes = Vec::new();
        if self.messages.entries().len() >= MAX_MESSAGES {
            let oldest = self.messages.entries().keys().next();
            changes.extend(oldest.map(|key| (key.clone(), None)));
        }
        let last = self.messages.entries().last_key_value();
        let last = last.and_then(|(key, _)| key.parse::<u64>().ok()).unwrap_or(0);
        changes.push((format!("{:020}", last + 1), Some(message)));
        self.messages.apply(changes)
    }

    pub(super) fn newest_messages_first(&self) -> impl Iterator<Item = &Message> {
        self.messages.entries().values().rev()
    }

    /// Keeps an error for the UI; gives its id.
    pub(super) fn keep_error(&mut self, error: &ErrorEnvelope) -> String {
        let id = random::id();
        push_bounded(&mut self.errors, (id.clone(), error.error().clone()));
        id
    }

    pub(super) fn error(&self, id: &str) -> Option<&Value> {
        self.errors.iter().find(|(known, _)| known == id).map(|(_, error)| error)
    }

    /// A token that ends a session.
    pub(super) fn logout_token(&mut self, session: &str) -> String {
        let token = format!("ory_lo_{}", random::text(32));
        push_bounded(&mut self.logout_tokens, (token.clone(), session.to_owned()));
        token
    }

    /// Counts a failed login; whether there are too many.
    pub(super) fn too_many_failed_logins(&mut self, config: &Config) -> bool {
        let Some(limit) = config.max_failed_logins_per_second else { return false };
        let (since, count) = &mut self.failed_logins;
        if since.elapsed() >= Duration::from_secs(1) {
            (*since, *count) = (Instant::now(), 0);
        }
        *count += 1;
        *count > limit
    }

    /// The session of a request, by its token, its cookie or its bearer token in Kratos's order.
    pub(super) fn session(&self, config: &Config, call: &Call<'_>) -> Option<&Session> {
        let bearer = || call.header("authorization")?.strip_prefix("Bearer ");
        let secret = call.header("x-session-token");
        let secret = secret.or_else(|| call.cookie(&config.session_cookie)).or_else(bearer)?;
        let session = self.sessions.by_secret(secret).filter(|session| session.is_current())?;
        self.identity(&session.identity).ok().filter(|identity| identity.is_active())?;
        Some(session)
    }

    /// The session as the public API responds with it.
    pub(super) fn session_json(&self, config: &Config, session: &Session) -> Value {
        let identity = self.identity(&session.identity).ok();
        session.json(config, Expand { identity, devices: true })
    }

    /// The session in a list.
    pub(super) fn listed_session(&self, config: &Config, session: &Session) -> Value {
        let identity = self.identity(&session.identity).ok();
        session.json_in_list(config, Expand { identity, devices: true })
    }

    /// Whether a session has the authenticator assurance level that it needs.
    pub(super) fn has_required_aal(&self, config: &Config, session: &Session) -> bool {
        let second_factor = self.identity(&session.identity).is_ok_and(Identity::has_second_factor);
        !config.highest_available_aal || session.is_aal2() || !second_factor
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == MAX_RECENT {
        queue.pop_front();
    }
    queue.push_back(item);
}

impl Kratos {
    pub(super) fn new(config: Config, data: Data) -> Self {
        Self { config, data: Mutex::new(data), apis: [routes::public(), routes::admin()] }
    }

    // No route leaves the data half changed, so what a panic left behind can be used.
    pub(super) fn data(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The URL of the UI of a flow.
    pub(super) fn flow_ui(&self, flow: &Flow) -> Url {
        let mut url = self.config.ui_url(flow.kind.name());
        url.query_pairs_mut().append_pair("flow", &flow.id);
        url
    }
}

/// 401: nobody is logged in.
pub(super) fn no_session(reason: &str) -> ErrorEnvelope {
    ErrorEnvelope::new(StatusCode::UNAUTHORIZED, "The request could not be authorized")
        .reason(reason)
}

/// 401 with the ID of an inactive session.
pub(super) fn session_inactive() -> ErrorEnvelope {
    let message = "request does not have a valid authentication session";
    ErrorEnvelope::new(StatusCode::UNAUTHORIZED, message)
        .id("session_inactive")
        .reason("No active session was found in this request.")
}

/// 403: the second factor is missing.
pub(super) fn aal2_required(config: &Config) -> ErrorEnvelope {
    let mut login = config.public_url("self-service/login/browser");
    login.set_query(Some("aal=aal2"));
    let message = "Session does not fulfill the requested Authenticator Assurance Level";
    ErrorEnvelope::new(StatusCode::FORBIDDEN, message)
        .id("session_aal2_required")
        .reason(
            "An active session was found but it does not fulfill the requested Authenticator \
             Assurance Level. Please verify yourself with a second factor to resolve this issue.",
        )
        .details(serde_json::json!({"redirect_browser_to": login}))
        .beside("redirect_browser_to", login.as_str())
}
