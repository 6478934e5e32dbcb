//! Who the embedded Kratos knows.

use kratos_client::Identity;
use serde_json::{Value, json};

/// Somebody whom the embedded Kratos knows.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The identity's id.
    pub id: &'static str,
    /// The email trait, by which they log in.
    pub email: &'static str,
    /// The first name.
    pub name: &'static str,
    /// The password. Everybody may know it: it opens a demo on loopback.
    pub password: &'static str,
    /// Whether the account is active.
    pub active: bool,
    /// Whether Keto lets them see the homepage.
    pub allowed: bool,
    /// What happens when they log in.
    pub note: &'static str,
}

/// Everybody whom the embedded Kratos knows.
pub fn people() -> &'static [Person] {
    &[
        Person {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a01",
            email: "ann@example.test",
            name: "Ann",
            password: "ann-likes-demos",
            active: true,
            allowed: true,
            note: "allowed: sees the homepage",
        },
        Person {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a02",
            email: "bob@example.test",
            name: "Bob",
            password: "bob-likes-demos",
            active: true,
            allowed: false,
            note: "denied: gets 403",
        },
        Person {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a04",
            email: "dora@example.test",
            name: "Dora",
            password: "dora-likes-demos",
            active: true,
            allowed: false,
            note: "denied, too: someone to grant it to",
        },
        Person {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a03",
            email: "cleo@example.test",
            name: "Cleo",
            password: "cleo-likes-demos",
            active: false,
            allowed: true,
            note: "inactive: is told that the account is disabled",
        },
    ]
}

impl Person {
    /// The identity as Kratos tells of it.
    pub fn identity_json(&self, schema_url: &str) -> Value {
        let since = "2026-01-01T00:00:00.123456789Z";
        let address = |extra: Value| {
            let mut address = json!({
                "id": self.id.replace("-4a55-", "-4a56-"),
                "value": self.email,
                "via": "email",
                "created_at": since,
                "updated_at": since,
            });
            if let (Some(all), Value::Object(extra)) = (address.as_object_mut(), extra) {
                all.extend(extra);
            }
            json!([address])
        };
        json!({
            "id": self.id,
            "schema_id": "default",
            "schema_url": schema_url,
            "state": if self.active { "active" } else { "inactive" },
            "state_changed_at": since,
            "traits": {"email": self.email, "name": {"first": self.name}},
            "verifiable_addresses": address(json!({"verified": true, "status": "completed"})),
            "recovery_addresses": address(json!({})),
            "metadata_public": null,
            "created_at": since,
            "updated_at": since,
            "organization_id": null,
        })
    }

    /// The identity as the client reads it.
    pub fn identity(&self) -> Result<Identity, serde_json::Error> {
        serde_json::from_value(self.identity_json(""))
    }
}
