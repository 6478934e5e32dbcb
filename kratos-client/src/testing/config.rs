//! The settings of a server, named as in the configuration of Kratos.

use jiff::SignedDuration;
use ory_http::testing::ErrorEnvelope;
use serde_json::{Value, json};
use url::Url;

pub(super) const SESSION_LIFESPAN: SignedDuration = SignedDuration::from_hours(24);
pub(super) const CODE_LIFESPAN: SignedDuration = SignedDuration::from_hours(1);
/// The age of a session up to which it may change credentials.
pub(super) const PRIVILEGED_SESSION_MAX_AGE: SignedDuration = SignedDuration::from_mins(15);
pub(super) const MIN_PASSWORD_LENGTH: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) public: Url,
    pub(super) admin: Url,
    pub(super) ui: Url,
    pub(super) allowed_return_urls: Vec<Url>,
    pub(super) session_cookie: String,
    pub(super) identity_schema: Value,
    pub(super) flow_lifespan: SignedDuration,
    /// Whether a session needs the highest authenticator assurance level that its identity has.
    pub(super) highest_available_aal: bool,
    /// Whether a registration continues with the verification of the address.
    pub(super) show_verification_ui: bool,
    pub(super) max_failed_logins_per_second: Option<u32>,
    /// The time for which `whoami` may be cached.
    pub(super) cacheable_for: Option<SignedDuration>,
}

impl Config {
    /// A URL of the public API.
    pub(super) fn public_url(&self, path: &str) -> Url {
        join(&self.public, path)
    }

    /// A URL of the UI.
    pub(super) fn ui_url(&self, path: &str) -> Url {
        join(&self.ui, path)
    }

    pub(super) fn default_return_url(&self) -> &Url {
        self.allowed_return_urls.first().unwrap_or(&self.ui)
    }

    /// The URL to which a browser returns after a flow, whose origin must be allowed.
    pub(super) fn return_to(&self, requested: Option<&str>) -> Result<Option<Url>, ErrorEnvelope> {
        let Some(requested) = requested.filter(|url| !url.is_empty()) else { return Ok(None) };
        let mut allowed = self.allowed_return_urls.iter().chain([&self.ui]);
        let url = Url::parse(requested).ok();
        let url = url.filter(|url| allowed.any(|allowed| allowed.origin() == url.origin()));
        let forbidden = || {
            let reason = format!("Requested return_to URL \"{requested}\" is not allowed.");
            ErrorEnvelope::bad_request(reason).id("self_service_flow_return_to_forbidden")
        };
        url.map(Some).ok_or_else(forbidden)
    }

    /// The URL of the identity schema, whose ID is `default`.
    pub(super) fn schema_url(&self) -> Url {
        self.public_url("schemas/ZGVmYXVsdA")
    }
}

fn join(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// The identity schema by default: an email address, which is the identifier, and a name.
pub(super) fn default_identity_schema() -> Value {
    let text = json!({"type": "string"});
    json!({
        "$id": "https://example.test/default",
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Person",
        "type": "object",
        "properties": {"traits": {
            "type": "object",
            "properties": {
                "email": {
                    "type": "string",
                    "format": "email",
                    "title": "E-Mail",
                    "ory.sh/kratos": {
                        "credentials": {"password": {"identifier": true}},
                        "verification": {"via": "email"},
                        "recovery": {"via": "email"},
                    },
                },
                "name": {"type": "object", "properties": {"first": text, "last": text}},
            },
            "required": ["email"],
            "additionalProperties": false,
        }},
    })
}
