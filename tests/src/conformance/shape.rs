//! The shape of a response: its status, and which fields it has, of which types.

use serde_json::Value;

/// The status and the shape of a response.
pub(super) async fn shape_of(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let body =
        serde_json::from_str(&text).map_or_else(|_| Value::String(text.trim().into()), shape);
    (status, body)
}

/// Fields that differ from one version to the next, or from one identity to another.
const LEFT_OUT: [&str; 6] = [
    "details",
    "reason",
    "transient_payload",
    "state_changed_at",
    "verified_at",
    "CredentialsMissing",
];

/// What kind of value stands where. A list is told by its first item, a UI node by its names and
/// the IDs of its messages, and a value that decides something as it is.
fn shape(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
            let shape = |(name, value): (String, Value)| {
                let value = match name.as_str() {
                    "allowed" | "state" | "requested_aal" | "refresh" => value,
                    "nodes" => nodes(&value),
                    "messages" => ids(&value),
                    _ => shape(value),
                };
                (name, value)
            };
            Value::Object(kept.map(shape).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().take(1).map(shape).collect()),
        Value::String(_) => "text".into(),
        Value::Number(_) => 0.into(),
        Value::Bool(_) => false.into(),
        Value::Null => Value::Null,
    }
}

/// All nodes of a flow, in any order.
fn nodes(nodes: &Value) -> Value {
    let describe = |node: &Value| {
        let attributes = &node["attributes"];
        let name =
            if attributes["name"].is_null() { &attributes["id"] } else { &attributes["name"] };
        let required = attributes["required"] == true;
        let (kind, label) = (&attributes["type"], &node["meta"]["label"]["id"]);
        let (group, messages) = (&node["group"], ids(&node["messages"]));
        format!("{group} {name} {kind} {required} {label} {messages}")
    };
    let mut nodes: Vec<_> = nodes.as_array().unwrap().iter().map(describe).collect();
    nodes.sort();
    nodes.into()
}

fn ids(messages: &Value) -> Value {
    messages.as_array().into_iter().flatten().map(|message| message["id"].clone()).collect()
}
