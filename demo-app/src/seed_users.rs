//! The users that the embedded Kratos starts with.

use kratos_client::{
    AddressType, Identity, IdentityState, ImportedPassword, NewAddress, NewIdentity,
};
use serde_json::{Value, json};

/// A user that the embedded Kratos starts with.
#[derive(Clone, Copy, Debug)]
pub struct SeedUser {
    /// The ID of the identity.
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
    /// Whether Keto lets them manage permissions.
    pub manages_permissions: bool,
    /// What happens when they log in.
    pub note: &'static str,
}

/// All users that the embedded Kratos starts with.
pub fn seed_users() -> &'static [SeedUser] {
    &[
        SeedUser {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a01",
            email: "ann@example.test",
            name: "Ann",
            password: "ann-likes-demos",
            active: true,
            allowed: true,
            manages_permissions: true,
            note: "allowed: sees the homepage, and manages permissions at /permissions",
        },
        SeedUser {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a02",
            email: "bob@example.test",
            name: "Bob",
            password: "bob-likes-demos",
            active: true,
            allowed: false,
            manages_permissions: false,
            note: "denied: gets 403",
        },
        SeedUser {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a04",
            email: "dora@example.test",
            name: "Dora",
            password: "dora-likes-demos",
            active: true,
            allowed: false,
            manages_permissions: false,
            note: "denied, too: someone to grant it to",
        },
        SeedUser {
            id: "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a03",
            email: "cleo@example.test",
            name: "Cleo",
            password: "cleo-likes-demos",
            active: false,
            allowed: true,
            manages_permissions: false,
            note: "inactive: is told that the account is disabled",
        },
    ]
}

impl SeedUser {
    fn traits(&self) -> Value {
        json!({"email": self.email, "name": {"first": self.name}})
    }

    /// The identity as Kratos imports it.
    pub fn new_identity(&self) -> Result<NewIdentity, serde_json::Error> {
        let state = if self.active { IdentityState::Active } else { IdentityState::Inactive };
        Ok(NewIdentity::new("default", self.traits())?
            .password(ImportedPassword::plain(self.password))
            .verifiable_address(NewAddress::verified(AddressType::Email, self.email))
            .state(state))
    }

    /// The identity as the client reads it.
    pub fn identity(&self) -> Result<Identity, serde_json::Error> {
        let traits = self.traits();
        serde_json::from_value(json!({"id": self.id, "schema_id": "default", "traits": traits}))
    }
}
