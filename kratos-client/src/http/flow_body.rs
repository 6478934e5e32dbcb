//! What a submit of a flow sends.

use crate::flow::{kind::FlowKind, model::Flow, update_body::UpdateFlowBody};
use serde_json::{Map, Value};

/// What goes over the wire: the body, with the flow's anti-CSRF token, and under the names that
/// the flow has.
///
/// # Errors
/// If fields contradict each other.
pub(crate) fn wire<K: FlowKind>(
    body: &UpdateFlowBody<K>,
    flow: &Flow<K>,
) -> Result<Map<String, Value>, String> {
    let mut fields = body.fields().to_json()?;
    let input = |name| flow.ui.input(name).and_then(|input| input.value.clone());
    if let Some(token) = input("csrf_token") {
        fields.entry("csrf_token").or_insert(token);
    }
    // v0.8 calls a login's identifier otherwise; its form tells.
    let old_name = "password_identifier";
    if flow.ui.input(old_name).is_some()
        && let Some(identifier) = fields.remove("identifier")
    {
        fields.insert(old_name.to_owned(), identifier);
    }
    // A recovery with a choice of addresses wants the first address again in each step, which its
    // form has.
    let steps = ["recovery_select_address", "recovery_confirm_address", "screen"];
    if steps.into_iter().any(|name| fields.contains_key(name))
        && let Some(address) = input("recovery_address")
    {
        fields.entry("recovery_address").or_insert(address);
    }
    Ok(fields)
}
