//! Sessions.

use super::{
    config::{Config, PRIVILEGED_SESSION_MAX_AGE, SESSION_LIFESPAN},
    identity::Identity,
    random,
};
use jiff::Timestamp;
use ory_http::testing::{Call, ErrorEnvelope, Storage, Table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{collections::HashMap, io, sync::Arc};

/// The number of sessions that are kept.
const MAX_SESSIONS: usize = 10_000;

#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) identity: String,
    /// The session token, or the value of the cookie.
    pub(super) secret: String,
    pub(super) active: bool,
    pub(super) issued_at: Timestamp,
    pub(super) authenticated_at: Timestamp,
    pub(super) expires_at: Timestamp,
    methods: Vec<Method>,
    device: Device,
}

#[derive(Clone, Deserialize, Serialize)]
struct Method {
    #[serde(rename = "method")]
    name: String,
    aal: String,
    completed_at: Timestamp,
}

#[derive(Clone, Deserialize, Serialize)]
struct Device {
    id: String,
    ip_address: Option<String>,
    user_agent: Option<String>,
    location: String,
}

/// What a session is responded with beside its own fields.
#[derive(Clone, Copy)]
pub(super) struct Expand<'a> {
    pub(super) identity: Option<&'a Identity>,
    pub(super) devices: bool,
}

impl Session {
    /// A session that begins with this method. A browser's secret is the value of its cookie.
    pub(super) fn new(identity: &str, method: &str, browser: bool, call: &Call<'_>) -> Self {
        let now = Timestamp::now();
        let prefix = if browser { "" } else { "ory_st_" };
        let ip_headers = ["true-client-ip", "cf-connecting-ip", "x-real-ip", "x-forwarded-for"];
        let ip_address = ip_headers.into_iter().find_map(|name| call.header(name));
        let peer = || call.peer().map(|address| address.to_string());
        let mut session = Self {
            id: random::id(),
            identity: identity.to_owned(),
            secret: format!("{prefix}{}", random::text(32)),
            active: true,
            issued_at: now,
            authenticated_at: now,
            expires_at: now + SESSION_LIFESPAN,
            methods: Vec::new(),
            device: Device {
                id: random::id(),
                ip_address: ip_address.map(str::to_owned).or_else(peer),
                user_agent: call.header("user-agent").map(str::to_owned),
                location: String::new(),
            },
        };
        session.add_method(method);
        session
    }

    /// Adds a method that was completed now.
    pub(super) fn add_method(&mut self, method: &str) {
        let aal = if matches!(method, "totp" | "lookup_secret") { "aal2" } else { "aal1" };
        let completed_at = Timestamp::now();
        self.methods.push(Method { name: method.to_owned(), aal: aal.into(), completed_at });
    }

    /// Starts its time anew.
    pub(super) fn renew(&mut self) {
        let now = Timestamp::now();
        self.authenticated_at = now;
        self.expires_at = now + SESSION_LIFESPAN;
    }

    pub(super) fn is_aal2(&self) -> bool {
        self.methods.iter().any(|method| method.aal == "aal2")
    }

    /// Whether it may change credentials.
    pub(super) fn is_privileged(&self) -> bool {
        Timestamp::now().duration_since(self.authenticated_at) < PRIVILEGED_SESSION_MAX_AGE
    }

    pub(super) fn is_current(&self) -> bool {
        self.active && Timestamp::now() < self.expires_at
    }

    /// The JSON in a list, whose identity has no addresses.
    pub(super) fn json_in_list(&self, config: &Config, expand: Expand<'_>) -> Value {
        let mut json = self.json(config, expand);
        if let Some(identity) = expand.identity {
            json["identity"] = identity.json_in_session_list(config);
        }
        json
    }

    pub(super) fn json(&self, config: &Config, expand: Expand<'_>) -> Value {
        json!({
            "id": self.id,
            "active": self.is_current(),
            "expires_at": self.expires_at,
            "authenticated_at": self.authenticated_at,
            "authenticator_assurance_level": if self.is_aal2() { "aal2" } else { "aal1" },
            "authentication_methods": self.methods,
            "issued_at": self.issued_at,
            "identity": expand.identity.map(|identity| identity.public_json(config)),
            "devices": expand.devices.then_some([&self.device]),
        })
    }
}

/// The sessions by id, and their ids by secret.
pub(super) struct Sessions {
    table: Table<Session>,
    ids: HashMap<String, String>,
}

impl Sessions {
    pub(super) fn open(storage: Option<Arc<dyn Storage>>) -> io::Result<Self> {
        let table: Table<Session> = Table::open("sessions", storage)?;
        let ids = table.entries().values().map(|s| (s.secret.clone(), s.id.clone())).collect();
        Ok(Self { table, ids })
    }

    /// The newest first.
    pub(super) fn newest_first(&self) -> Vec<&Session> {
        let mut sessions: Vec<_> = self.table.entries().values().collect();
        sessions.sort_by(|a, b| b.issued_at.cmp(&a.issued_at).then_with(|| a.id.cmp(&b.id)));
        sessions
    }

    pub(super) fn get(&self, id: &str) -> Option<&Session> {
        self.table.entries().get(id)
    }

    pub(super) fn by_secret(&self, secret: &str) -> Option<&Session> {
        self.get(self.ids.get(secret)?)
    }

    pub(super) fn insert(&mut self, session: Session) -> Result<(), ErrorEnvelope> {
        let mut changes = Vec::new();
        if self.table.entries().len() >= MAX_SESSIONS {
            let oldest = self.newest_first().split_off(MAX_SESSIONS - MAX_SESSIONS / 10);
            changes.extend(oldest.into_iter().map(|session| (session.id.clone(), None)));
        }
        let removes = !changes.is_empty();
        self.ids.insert(session.secret.clone(), session.id.clone());
        changes.push((session.id.clone(), Some(session)));
        self.table.apply(changes)?;
        if removes {
            self.forget_removed();
        }
        Ok(())
    }

    fn forget_removed(&mut self) {
        let kept = self.table.entries();
        self.ids.retain(|_, id| kept.contains_key(id));
    }

    /// Ends the sessions for which this holds; gives their number.
    pub(super) fn disable(
        &mut self,
        ends: impl Fn(&Session) -> bool,
    ) -> Result<usize, ErrorEnvelope> {
        let ending =
            self.table.entries().values().filter(|session| session.active && ends(session));
        let ended = |session: &Session| {
            (session.id.clone(), Some(Session { active: false, ..session.clone() }))
        };
        let changes: Vec<_> = ending.map(ended).collect();
        let count = changes.len();
        self.table.apply(changes)?;
        Ok(count)
    }

    /// Removes the sessions of an identity; gives their number.
    pub(super) fn delete_of(&mut self, identity: &str) -> Result<usize, ErrorEnvelope> {
        let of_identity = self.table.entries().values().filter(|s| s.identity == identity);
        let changes: Vec<_> = of_identity.map(|session| (session.id.clone(), None)).collect();
        let count = changes.len();
        self.table.apply(changes)?;
        self.forget_removed();
        Ok(count)
    }
}
