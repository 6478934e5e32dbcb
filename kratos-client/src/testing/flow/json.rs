//! The JSON of a flow.

use super::{Flow, Kind, nodes::nodes};
use crate::testing::{config::Config, identity::Identity, state::Data};
use serde_json::{Value, json};

impl Flow {
    /// The identity that a flow is for, as far as it shows one.
    fn identity<'a>(&self, data: &'a Data) -> Option<&'a Identity> {
        let id = match self.kind {
            Kind::Settings => Some(&self.settings.identity),
            _ => self.login.identity.as_ref(),
        };
        data.identity(id?).ok()
    }

    pub(in crate::testing) fn json(&self, config: &Config, data: &Data) -> Value {
        let identity = self.identity(data);
        let mut action = config.public_url(&format!("self-service/{}", self.kind.name()));
        action.query_pairs_mut().append_pair("flow", &self.id);
        let passed = self.kind == Kind::Verification && self.code.used;
        let mut ui = json!({
            "action": action,
            "method": "POST",
            "nodes": nodes(self, config, identity),
        });
        if passed {
            ui["action"] = json!(self.return_to.as_ref().unwrap_or(config.default_return_url()));
            ui["method"] = "GET".into();
        }
        if !self.messages.is_empty() {
            ui["messages"] = json!(self.messages);
        }
        let mut flow = json!({
            "id": self.id,
            "type": if self.is_native() { "api" } else { "browser" },
            "expires_at": self.expires_at,
            "issued_at": self.issued_at,
            "request_url": self.request_url,
            "ui": ui,
            "state": self.state,
        });
        match self.kind {
            Kind::Login => {
                flow["organization_id"] = Value::Null;
                flow["created_at"] = json!(self.issued_at);
                flow["updated_at"] = json!(self.issued_at);
                flow["refresh"] = self.login.refresh.into();
                flow["requested_aal"] = if self.login.aal2 { "aal2" } else { "aal1" }.into();
                if let Some(code) = &self.login.exchange_code {
                    flow["session_token_exchange_code"] = code.as_str().into();
                }
            }
            Kind::Registration => flow["organization_id"] = Value::Null,
            Kind::Recovery | Kind::Verification => flow["active"] = "code".into(),
            Kind::Settings => {
                flow["identity"] = identity.map(|identity| identity.public_json(config)).into();
            }
        }
        if let Some(return_to) = &self.return_to {
            flow["return_to"] = return_to.as_str().into();
        }
        flow
    }
}
