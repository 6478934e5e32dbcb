//! The messages of flows, with their IDs in Kratos.

use serde_json::{Value, json};

fn message(id: u32, kind: &str, text: &str) -> Value {
    json!({"id": id, "text": text, "type": kind})
}

fn with_context(mut message: Value, context: Value) -> Value {
    message["context"] = context;
    message
}

pub(in crate::testing) fn info(id: u32, text: &str) -> Value {
    message(id, "info", text)
}

pub(in crate::testing) fn error(id: u32, text: &str) -> Value {
    message(id, "error", text)
}

pub(in crate::testing) fn success(id: u32, text: &str) -> Value {
    message(id, "success", text)
}

pub(in crate::testing) fn wrong_credentials() -> Value {
    error(
        4_000_006,
        "The provided credentials are invalid, check for spelling mistakes in your password or \
         username, email address, or phone number.",
    )
}

pub(in crate::testing) fn property_is_missing(name: &str) -> Value {
    let text = format!("Property {name} is missing.");
    with_context(error(4_000_002, &text), json!({"property": name}))
}

pub(in crate::testing) fn invalid_email(value: &str) -> Value {
    with_context(error(4_000_040, "Enter a valid email address"), json!({"value": value}))
}

pub(in crate::testing) fn password_is_short(min_length: usize, actual_length: usize) -> Value {
    let text = format!(
        "The password must be at least {min_length} characters long, but got {actual_length}.",
    );
    let context = json!({"min_length": min_length, "actual_length": actual_length});
    with_context(error(4_000_032, &text), context)
}

pub(in crate::testing) fn password_is_similar() -> Value {
    let text = "The password can not be used because it is too similar to the identifier.";
    error(4_000_031, text)
}

pub(in crate::testing) fn password_is_the_same() -> Value {
    error(4_000_039, "The new password must be different from the old password.")
}

pub(in crate::testing) fn identifier_exists() -> Value {
    let text = "An account with the same identifier (email, phone, username, ...) exists already.";
    error(4_000_007, text)
}

pub(in crate::testing) fn invalid(reason: &str) -> Value {
    with_context(error(4_000_001, reason), json!({"reason": reason}))
}

pub(in crate::testing) fn wrong_totp() -> Value {
    error(4_000_008, "The provided authentication code is invalid, please try again.")
}

pub(in crate::testing) fn wrong_lookup_secret() -> Value {
    error(4_000_016, "The backup recovery code is not valid.")
}

pub(in crate::testing) fn saved() -> Value {
    success(1_050_001, "Your changes have been saved!")
}

/// A list of lookup secrets, with the time of their use.
pub(super) fn lookup_secrets(secrets: &[(String, Option<String>)]) -> Value {
    let item = |(secret, used_at): &(String, Option<String>)| match used_at {
        Some(at) => {
            let used = info(1_050_014, &format!("Secret was used at {at}"));
            with_context(used, json!({"used_at": at}))
        }
        None => with_context(info(1_050_009, secret), json!({"secret": secret})),
    };
    let texts = secrets.iter().map(|(secret, used)| used.as_ref().map_or(&**secret, |_| "used"));
    let text = texts.collect::<Vec<_>>().join(", ");
    let items: Vec<_> = secrets.iter().map(item).collect();
    with_context(info(1_050_015, &text), json!({"secrets": items}))
}

pub(super) fn labelled(id: u32, text: &str, context: Option<Value>) -> Value {
    let label = info(id, text);
    json!({"label": context.map_or(label.clone(), |context| with_context(label, context))})
}
