//! What the stub answers.

use serde_json::{Value, json};

pub const DECISION: &str = "{\"allowed\":true}\n";

const TIME: &str = "2035-01-02T03:04:05.123456Z";

/// A session as today's Kratos tells of it, of about 2 KB.
pub fn session() -> String {
    let method = |name, aal| json!({"method": name, "aal": aal, "completed_at": TIME});
    let device = |ip| {
        json!({
            "id": "00000029-1111-4222-8333-000000000029", "ip_address": ip, "location": "",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        })
    };
    let mut identity = identity(1);
    identity.as_object_mut().expect("an object").remove("metadata_admin");
    let session = json!({
        "id": "0000001f-1111-4222-8333-00000000001f",
        "active": true,
        "expires_at": TIME,
        "authenticated_at": TIME,
        "authenticator_assurance_level": "aal2",
        "authentication_methods": [method("password", "aal1"), method("totp", "aal2")],
        "issued_at": TIME,
        "identity": identity,
        "devices": [device("192.0.2.7:4711"), device("192.0.2.8:4712")],
    });
    session.to_string()
}

/// A page of the list of a number of tuples, from one on.
pub fn tuples(object: &str, from: usize, size: usize, all: usize) -> String {
    let end = (from + size).min(all);
    let tuple = |number| {
        let subject = format!("{number:08x}-1111-4222-8333-000000000001");
        json!({"namespace": "app", "object": object, "relation": "read", "subject_id": subject})
    };
    let tuples = Value::from_iter((from..end).map(tuple));
    let next = if end < all { end.to_string() } else { String::new() };
    json!({"relation_tuples": tuples, "next_page_token": next}).to_string()
}

pub fn identities(count: usize) -> String {
    Value::from_iter((0..count).map(identity)).to_string()
}

fn identity(number: usize) -> Value {
    let id = |kind| format!("{number:08x}-1111-4222-8333-{kind:012x}");
    let email = format!("mira.{number}@example.test");
    json!({
        "id": id(1),
        "schema_id": "default",
        "schema_url": "http://kratos.test/schemas/ZGVmYXVsdA",
        "state": "active",
        "state_changed_at": TIME,
        "traits": {"email": email, "name": {"first": "Mira", "last": "Example"}},
        "verifiable_addresses": [{
            "id": id(2), "value": email, "verified": true, "via": "email", "status": "completed",
            "verified_at": TIME, "created_at": TIME, "updated_at": TIME,
        }],
        "recovery_addresses": [{
            "id": id(3), "value": email, "via": "email", "created_at": TIME, "updated_at": TIME,
        }],
        "metadata_public": {"plan": "basic"},
        "metadata_admin": null,
        "created_at": TIME,
        "updated_at": TIME,
        "organization_id": null,
    })
}
