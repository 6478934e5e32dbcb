//! Self-service flows.

mod body;
mod create;
mod get;
mod json;
pub(super) mod messages;
mod nodes;
mod store;
pub(super) mod submit;

pub(super) use body::Body;
pub(super) use create::{create_browser, create_native};
pub(super) use get::get;
pub(super) use store::FlowStore;

use super::{config::Config, random};
use jiff::Timestamp;
use ory_http::testing::Call;
use serde_json::Value;
use url::Url;

/// The kind of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Login,
    Registration,
    Recovery,
    Verification,
    Settings,
}

impl Kind {
    pub(super) const ALL: [Self; 5] =
        [Self::Login, Self::Registration, Self::Recovery, Self::Verification, Self::Settings];

    /// The name in paths.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Registration => "registration",
            Self::Recovery => "recovery",
            Self::Verification => "verification",
            Self::Settings => "settings",
        }
    }
}

/// A flow of one person.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) id: String,
    pub(super) kind: Kind,
    /// The secret that the form and the cookie of a browser share; a native flow has none.
    pub(super) csrf: Option<String>,
    /// Whether any browser may use it, because an administrator created it.
    pub(super) is_open: bool,
    pub(super) request_url: String,
    pub(super) return_to: Option<Url>,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) state: &'static str,
    pub(super) messages: Vec<Value>,
    /// Messages of a UI node, by its name.
    pub(super) field_messages: Vec<(String, Value)>,
    /// What was submitted, without secrets.
    pub(super) values: Value,
    pub(super) login: LoginStep,
    /// Whether a registration has its traits, and needs a credential.
    pub(super) has_traits: bool,
    pub(super) code: CodeStep,
    pub(super) settings: SettingsStep,
}

#[derive(Clone, Default)]
pub(super) struct LoginStep {
    pub(super) refresh: bool,
    pub(super) aal2: bool,
    pub(super) exchange_code: Option<String>,
    /// The identity that is logged in already.
    pub(super) identity: Option<String>,
}

/// The code of a recovery or a verification.
#[derive(Clone, Default)]
pub(super) struct CodeStep {
    pub(super) address: Option<String>,
    /// The code that was sent, and the identity that it is for. An unknown address gets none.
    pub(super) sent: Option<(String, String)>,
    pub(super) used: bool,
    pub(super) attempts: u32,
}

#[derive(Clone, Default)]
pub(super) struct SettingsStep {
    pub(super) identity: String,
    pub(super) totp_secret: String,
    /// Lookup secrets that are shown but not confirmed.
    pub(super) new_lookup_secrets: Option<Vec<String>>,
    pub(super) reveal_lookup_secrets: bool,
}

impl Flow {
    pub(super) fn new(kind: Kind, config: &Config, call: &Call<'_>) -> Self {
        let mut request_url = config.public_url(call.path().trim_start_matches('/'));
        request_url.set_query(Some(call.query_string()).filter(|query| !query.is_empty()));
        let now = Timestamp::now();
        Self {
            id: random::id(),
            kind,
            csrf: None,
            is_open: false,
            request_url: request_url.into(),
            return_to: None,
            issued_at: now,
            expires_at: now + config.flow_lifespan,
            state: if kind == Kind::Settings { "show_form" } else { "choose_method" },
            messages: Vec::new(),
            field_messages: Vec::new(),
            values: Value::Null,
            login: LoginStep::default(),
            has_traits: false,
            code: CodeStep::default(),
            settings: SettingsStep::default(),
        }
    }

    pub(super) fn is_native(&self) -> bool {
        self.csrf.is_none()
    }

    pub(super) fn is_expired(&self) -> bool {
        self.expires_at <= Timestamp::now()
    }

    /// Removes the messages of the last submission.
    pub(super) fn clear_messages(&mut self) {
        self.messages.clear();
        self.field_messages.clear();
    }
}
