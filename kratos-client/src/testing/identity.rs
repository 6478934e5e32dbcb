//! An identity, as it is stored and as both APIs respond with it.

use super::{
    config::Config,
    credential::Credential,
    random,
    schema::{self, fields},
};
use jiff::Timestamp;
use ory_http::testing::ErrorEnvelope;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serde_with::skip_serializing_none;
use std::collections::BTreeMap;

#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Identity {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<String>,
    pub(super) credentials: BTreeMap<String, Credential>,
    pub(super) schema_id: String,
    pub(super) state: String,
    pub(super) state_changed_at: Timestamp,
    pub(super) traits: Value,
    pub(super) verifiable_addresses: Vec<Address>,
    pub(super) recovery_addresses: Vec<Address>,
    pub(super) metadata_public: Value,
    pub(super) metadata_admin: Value,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// A verifiable or a recovery address.
#[skip_serializing_none]
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Address {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) via: String,
    pub(super) verified: Option<bool>,
    pub(super) status: Option<String>,
    pub(super) verified_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// The body of a request that creates or updates an identity.
#[derive(Deserialize)]
pub(super) struct IdentityBody {
    #[serde(default)]
    pub(super) schema_id: String,
    #[serde(default)]
    pub(super) traits: Value,
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) credentials: BTreeMap<String, ImportedCredential>,
    #[serde(default)]
    verifiable_addresses: Vec<ImportedAddress>,
    #[serde(default)]
    recovery_addresses: Vec<ImportedAddress>,
    #[serde(default)]
    pub(super) metadata_public: Value,
    #[serde(default)]
    pub(super) metadata_admin: Value,
    pub(super) external_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ImportedCredential {
    #[serde(default)]
    pub(super) config: Value,
}

#[derive(Deserialize)]
struct ImportedAddress {
    value: String,
    via: String,
    #[serde(default)]
    verified: bool,
}

impl Identity {
    /// Creates an identity, without its traits and credentials.
    pub(super) fn new(id: String) -> Self {
        let now = Timestamp::now();
        Self {
            id,
            external_id: None,
            credentials: BTreeMap::new(),
            schema_id: "default".into(),
            state: "active".into(),
            state_changed_at: now,
            traits: Value::Null,
            verifiable_addresses: Vec::new(),
            recovery_addresses: Vec::new(),
            metadata_public: Value::Null,
            metadata_admin: Value::Null,
            created_at: now,
            updated_at: now,
        }
    }

    /// Creates an identity from the body of a request.
    pub(super) fn import(
        id: String,
        body: IdentityBody,
        config: &Config,
    ) -> Result<Self, ErrorEnvelope> {
        let mut identity = Self::new(id);
        let (verifiable, recovery) = (body.verifiable_addresses, body.recovery_addresses);
        let body = IdentityBody {
            verifiable_addresses: Vec::new(),
            recovery_addresses: Vec::new(),
            ..body
        };
        identity.update(body, config)?;
        for ImportedAddress { value, via, verified } in verifiable {
            identity.verifiable_addresses.retain(|address| address.value != value);
            identity.verifiable_addresses.push(Address::verifiable(value, via, verified));
        }
        for ImportedAddress { value, via, .. } in recovery {
            identity.recovery_addresses.retain(|address| address.value != value);
            identity.recovery_addresses.push(Address::recovery(value, via));
        }
        Ok(identity)
    }

    /// Replaces everything that a body has but the ID and the credentials that it does not import.
    pub(super) fn update(
        &mut self,
        body: IdentityBody,
        config: &Config,
    ) -> Result<(), ErrorEnvelope> {
        if body.schema_id != "default" {
            let reason = format!("Unable to find JSON Schema ID: {}", body.schema_id);
            return Err(ErrorEnvelope::bad_request(reason));
        }
        if let Some(state) = body.state {
            self.set_state(&state)?;
        }
        self.set_traits(body.traits, config)?;
        for (kind, credential) in body.credentials {
            let credential = Credential::import(&kind, credential.config, self)?;
            self.credentials.insert(kind, credential);
        }
        self.metadata_public = body.metadata_public;
        self.metadata_admin = body.metadata_admin;
        self.external_id = body.external_id;
        Ok(())
    }

    pub(super) fn set_state(&mut self, state: &str) -> Result<(), ErrorEnvelope> {
        if !matches!(state, "active" | "inactive") {
            return Err(ErrorEnvelope::bad_request("identity state is not valid"));
        }
        if self.state != state {
            state.clone_into(&mut self.state);
            self.state_changed_at = Timestamp::now();
        }
        Ok(())
    }

    pub(super) fn is_active(&self) -> bool {
        self.state == "active"
    }

    /// Sets the traits, from which the identifiers and the addresses follow.
    pub(super) fn set_traits(
        &mut self,
        traits: Value,
        config: &Config,
    ) -> Result<(), ErrorEnvelope> {
        let violations = schema::validate(&config.identity_schema, &traits);
        if !violations.is_empty() {
            return Err(ErrorEnvelope::bad_request(schema::reason(&violations)));
        }
        self.traits = traits;
        self.updated_at = Timestamp::now();
        let with_extension = |pointer: &str| -> Vec<String> {
            let fields = fields(&config.identity_schema).into_iter();
            let fields = fields.filter(|field| field.extension(pointer).is_some());
            fields.filter_map(|f| Some(f.value_in(&self.traits)?.as_str()?.to_owned())).collect()
        };
        let identifiers = with_extension("credentials/password/identifier");
        let (verified, recovery) = (with_extension("verification"), with_extension("recovery"));
        let password = self.credentials.entry("password".into());
        password.or_insert_with(|| Credential::new(Value::Null)).identifiers = identifiers;
        let keep = |old: &[Address], values: Vec<String>, new: fn(String, String) -> Address| {
            let address = |value: String| {
                let kept = old.iter().find(|address| address.value == value).cloned();
                kept.unwrap_or_else(|| new(value, "email".into()))
            };
            values.into_iter().map(address).collect::<Vec<_>>()
        };
        self.verifiable_addresses =
            keep(&self.verifiable_addresses, verified, |v, via| Address::verifiable(v, via, false));
        self.recovery_addresses = keep(&self.recovery_addresses, recovery, Address::recovery);
        Ok(())
    }

    /// Marks an address as verified.
    pub(super) fn verify(&mut self, value: &str) {
        let mut addresses = self.verifiable_addresses.iter_mut();
        if let Some(address) = addresses.find(|address| address.value == value) {
            address.verified = Some(true);
            address.status = Some("completed".into());
            address.verified_at = Some(Timestamp::now());
        }
    }

    /// The values that no other identity may have.
    pub(super) fn unique_values(&self) -> impl Iterator<Item = &str> {
        let identifiers = self.credentials.values().flat_map(|c| &c.identifiers);
        let addresses = self.verifiable_addresses.iter().chain(&self.recovery_addresses);
        let addresses = addresses.map(|address| &address.value);
        identifiers.chain(addresses).chain(&self.external_id).map(String::as_str)
    }

    pub(super) fn has_identifier(&self, identifier: &str) -> bool {
        self.credentials.values().any(|c| c.identifiers.iter().any(|known| known == identifier))
    }

    /// Whether a second factor is set up.
    pub(super) fn has_second_factor(&self) -> bool {
        self.credentials.contains_key("totp") || self.credentials.contains_key("lookup_secret")
    }

    /// The JSON of the public API.
    pub(super) fn public_json(&self, config: &Config) -> Value {
        let mut json = self.admin_json(config, &[]);
        if let Some(fields) = json.as_object_mut() {
            fields.remove("credentials");
            fields.remove("metadata_admin");
        }
        json
    }

    /// The JSON in a list of sessions.
    pub(super) fn json_in_session_list(&self, config: &Config) -> Value {
        let mut json = self.public_json(config);
        if let Some(fields) = json.as_object_mut() {
            fields.remove("verifiable_addresses");
            fields.remove("recovery_addresses");
        }
        json
    }

    /// The JSON of the admin API, with the configuration of these credentials.
    pub(super) fn admin_json(&self, config: &Config, include_credential: &[&str]) -> Value {
        let credentials = self.credentials.iter();
        let credentials: serde_json::Map<_, _> = credentials
            .map(|(kind, c)| (kind.clone(), c.json(kind, include_credential.contains(&&**kind))))
            .collect();
        let mut json = json!({
            "id": self.id,
            "credentials": credentials,
            "schema_id": self.schema_id,
            "schema_url": config.schema_url(),
            "state": self.state,
            "state_changed_at": self.state_changed_at,
            "traits": self.traits,
            "verifiable_addresses": self.verifiable_addresses,
            "recovery_addresses": self.recovery_addresses,
            "metadata_public": self.metadata_public,
            "metadata_admin": self.metadata_admin,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "organization_id": null,
        });
        if let Some(external_id) = &self.external_id {
            json["external_id"] = external_id.as_str().into();
        }
        json
    }
}

impl Address {
    fn verifiable(value: String, via: String, verified: bool) -> Self {
        let now = Timestamp::now();
        Self {
            verified: Some(verified),
            status: Some(if verified { "completed" } else { "pending" }.into()),
            verified_at: verified.then_some(now),
            ..Self::recovery(value, via)
        }
    }

    fn recovery(value: String, via: String) -> Self {
        let (id, now) = (random::id(), Timestamp::now());
        Self {
            id,
            value,
            via,
            verified: None,
            status: None,
            verified_at: None,
            created_at: now,
            updated_at: now,
        }
    }
}
