//! A value that came from a server and is written again has lost nothing, whatever was in it.

#![allow(clippy::unwrap_used, reason = "a test")]

mod serve;

use kratos_client::{CourierMessage, Identity, IdentitySchema, Session, SessionRecord};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use serve::{Fixture, assert_kept};

/// What a server may leave out or set to null.
const OPTIONAL: [&str; 29] = [
    "active",
    "expires_at",
    "authenticated_at",
    "issued_at",
    "authenticator_assurance_level",
    "authentication_methods",
    "aal",
    "completed_at",
    "devices",
    "ip_address",
    "user_agent",
    "location",
    "external_id",
    "schema_url",
    "state",
    "state_changed_at",
    "credentials",
    "type",
    "identifiers",
    "config",
    "version",
    "verifiable_addresses",
    "recovery_addresses",
    "verified_at",
    "metadata_public",
    "metadata_admin",
    "organization_id",
    "created_at",
    "updated_at",
];

/// Leaves out some of what is optional.
fn thin_out(value: &mut Value, leave_out: &mut impl Iterator<Item = bool>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| thin_out(item, leave_out)),
        Value::Object(fields) => {
            fields.retain(|key, _| {
                !(OPTIONAL.contains(&key.as_str()) && leave_out.next() == Some(true))
            });
            fields.values_mut().for_each(|value| thin_out(value, leave_out));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_part_of_an_answer_is_kept(bits in prop::collection::vec(any::<bool>(), 60)) {
        fn keeps<T: Serialize + DeserializeOwned>(name: &str, bits: &[bool]) {
            let mut body = Fixture::read(name).body;
            thin_out(&mut body, &mut bits.iter().copied().cycle());
            let value: T = serde_json::from_value(body.clone()).unwrap();
            let kept = serde_json::to_value(&value).unwrap();
            // Where the server does not say that a session is active, it is not.
            if let (Value::Object(body), Some(active)) = (&mut body, kept.get("active")) {
                body.insert("active".into(), active.clone());
            }
            assert_kept(&kept, &body, name);
        }
        keeps::<Session>("v26_session", &bits);
        keeps::<SessionRecord>("v26_session_extended", &bits);
        keeps::<Identity>("v26_identity_with_credentials", &bits);
    }
}

/// A field that nobody knows yet survives in every type that keeps what came.
#[test]
fn unknown_fields_survive() {
    fn keeps<T: Serialize + DeserializeOwned>(name: &str) {
        let mut body = Fixture::read(name).body;
        add_fields(&mut body);
        let value: T = serde_json::from_value(body.clone()).unwrap();
        assert_kept(&serde_json::to_value(value).unwrap(), &body, name);
    }
    fn add_fields(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(add_fields),
            Value::Object(fields) => {
                fields.values_mut().for_each(add_fields);
                // A map of credentials has kinds as keys, and nothing but credentials in it.
                if !fields.values().all(Value::is_object) {
                    fields.insert("new_field".into(), json!({"a": [1, null]}));
                }
            }
            _ => {}
        }
    }
    keeps::<Session>("v26_session");
    keeps::<SessionRecord>("v26_session_record");
    keeps::<SessionRecord>("v26_session_extended");
    keeps::<Identity>("v26_identity_with_credentials");
    keeps::<CourierMessage>("v26_message");
    keeps::<Vec<IdentitySchema>>("v26_schemas");
}
