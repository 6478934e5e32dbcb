//! The JSON of a submitted flow.

use crate::flow::{kind::FlowKind, model::Flow, update_body::UpdateFlowBody};
use serde_json::{Map, Value};

/// Returns the JSON of a body for a flow, with the anti-CSRF token of the flow, and with the field
/// names of the API version of the flow.
///
/// # Errors
/// Fields contradict each other.
pub(crate) fn wire<K: FlowKind>(
    body: &UpdateFlowBody<K>,
    flow: &Flow<K>,
) -> Result<Map<String, Value>, String> {
    let mut fields = body.fields().to_json()?;
    let input = |name| flow.ui.input(name).and_then(|input| input.value.clone());
    if let Some(token) = input("csrf_token") {
        fields.entry("csrf_token").or_insert(token);
    }
    // v0.8 has another name for the identifier of a login, which its form shows.
    let old_name = "password_identifier";
    if flow.ui.input(old_name).is_some()
        && let Some(identifier) = fields.remove("identifier")
    {
        fields.insert(old_name.to_owned(), identifier);
    }
    // A recovery with a choice of addresses requires the first address in each step; the form has it.
    let steps = ["recovery_select_address", "recovery_confirm_address", "screen"];
    if steps.into_iter().any(|name| fields.contains_key(name))
        && let Some(address) = input("recovery_address")
    {
        fields.entry("recovery_address").or_insert(address);
    }
    Ok(fields)
}
