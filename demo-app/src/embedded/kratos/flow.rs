//! A login flow and its JSON.

use super::{Kratos, store::flow_lifespan};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

/// One person's way through logging in.
#[derive(Clone)]
pub(crate) struct Flow {
    pub(crate) id: String,
    request_url: String,
    pub(crate) return_to: Option<Url>,
    /// The secret that form and cookie must share; an app's flow has none.
    pub(crate) csrf: Option<String>,
    issued_at: Timestamp,
    pub(crate) identifier: String,
    pub(crate) message: Option<Message>,
}

/// What went wrong at the last submit.
#[derive(Clone, Copy)]
pub(crate) struct Message {
    id: u32,
    pub(crate) text: &'static str,
}

impl Message {
    pub(super) const WRONG_CREDENTIALS: Self = Self {
        id: 4_000_006,
        text: "The provided credentials are invalid, check for spelling mistakes in your \
               password or username, email address, or phone number.",
    };
    pub(super) const NO_STRATEGY: Self = Self {
        id: 4_010_002,
        text: "Could not find a strategy to log you in with. Did you fill out the form correctly?",
    };
}

impl Flow {
    pub(super) fn new(request_url: String, csrf: Option<String>, return_to: Option<Url>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            request_url,
            return_to,
            csrf,
            issued_at: Timestamp::now(),
            identifier: String::new(),
            message: None,
        }
    }

    /// The same flow after a submit that did not succeed.
    pub(super) fn failed(&self, identifier: String, message: Message) -> Self {
        Self { identifier, message: Some(message), ..self.clone() }
    }

    pub(crate) fn action(&self, kratos: &Kratos) -> Url {
        let mut url = kratos.url("self-service/login");
        url.query_pairs_mut().append_pair("flow", &self.id);
        url
    }

    /// The flow as Kratos tells of it.
    pub(super) fn json(&self, kratos: &Kratos) -> Value {
        let mut ui = json!({
            "action": self.action(kratos),
            "method": "POST",
            "nodes": [
                node("default", "csrf_token", "hidden", Some(self.csrf.as_deref().unwrap_or_default()), &json!({})),
                node("default", "identifier", "text", Some(&self.identifier), &label(1_070_002, "E-Mail")),
                node("password", "password", "password", None, &label(1_070_001, "Password")),
                node("password", "method", "submit", Some("password"), &label(1_010_022, "Sign in with password")),
            ],
        });
        if let Some(Message { id, text }) = self.message {
            ui["messages"] = json!([{"id": id, "text": text, "type": "error"}]);
        }
        let mut flow = json!({
            "id": self.id,
            "organization_id": null,
            "type": if self.csrf.is_some() { "browser" } else { "api" },
            "expires_at": self.issued_at + flow_lifespan(),
            "issued_at": self.issued_at,
            "request_url": self.request_url,
            "ui": ui,
            "created_at": self.issued_at,
            "updated_at": self.issued_at,
            "refresh": false,
            "requested_aal": "aal1",
            "state": "choose_method",
        });
        if let Some(return_to) = &self.return_to {
            flow["return_to"] = json!(return_to);
        }
        flow
    }
}

fn node(group: &str, name: &str, kind: &str, value: Option<&str>, meta: &Value) -> Value {
    let mut attributes = json!({
        "name": name, "type": kind, "disabled": false, "node_type": "input",
    });
    if let Some(value) = value {
        attributes["value"] = value.into();
    }
    if kind != "submit" {
        attributes["required"] = true.into();
    }
    json!({
        "type": "input", "group": group, "attributes": attributes, "messages": [], "meta": meta,
    })
}

fn label(id: u32, text: &str) -> Value {
    json!({"label": {"id": id, "text": text, "type": "info"}})
}
