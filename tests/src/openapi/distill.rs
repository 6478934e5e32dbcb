//! The facts of an OpenAPI document that tests need.

use serde_json::{Map, Value, json};

/// The words of a schema that are kept.
const KEPT: [&str; 12] = [
    "type",
    "format",
    "enum",
    "nullable",
    "required",
    "properties",
    "items",
    "additionalProperties",
    "oneOf",
    "anyOf",
    "allOf",
    "$ref",
];

/// Takes from an OpenAPI 3 or Swagger 2 document the JSON responses of each operation that
/// succeeds, and the schemas that they refer to.
pub fn distill(document: &Value) -> Value {
    let named = document.pointer("/components/schemas").or_else(|| document.get("definitions"));
    let mut operations = Map::new();
    let mut waiting = Vec::new();
    for (_, path) in members(document.get("paths")) {
        for (_, operation) in members(Some(path)) {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
            let mut responses = Map::new();
            for (status, response) in members(operation.get("responses")) {
                let response = referred(document, response);
                let schema = response.pointer("/content/application~1json/schema");
                let schema = schema.or_else(|| response.get("schema")).map(shape);
                if let Some(schema) = schema.filter(|_| status.starts_with('2')) {
                    references(&schema, &mut waiting);
                    responses.insert(status.clone(), schema);
                }
            }
            if !responses.is_empty() {
                operations.insert(id.to_owned(), responses.into());
            }
        }
    }
    let mut schemas = Map::new();
    while let Some(name) = waiting.pop() {
        if !schemas.contains_key(&name) {
            let schema = named.and_then(|named| named.get(&name)).map_or(json!({}), shape);
            references(&schema, &mut waiting);
            schemas.insert(name, schema);
        }
    }
    json!({"operations": operations, "schemas": schemas})
}

/// What a reference such as `#/components/responses/list` stands for, or the value itself.
fn referred<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let path = value.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| document.pointer(path)).unwrap_or(value)
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.and_then(Value::as_object).into_iter().flatten()
}

/// A schema without what is not about the form of the JSON, such as descriptions.
fn shape(schema: &Value) -> Value {
    let kept = members(Some(schema)).filter(|(word, _)| KEPT.contains(&word.as_str()));
    let kept = kept.map(|(word, value)| {
        let value = match (word.as_str(), value) {
            ("$ref", Value::String(path)) => path.rsplit('/').next().unwrap_or_default().into(),
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, of)| (name.clone(), shape(of))).collect()
            }
            ("oneOf" | "anyOf" | "allOf", Value::Array(choices)) => {
                choices.iter().map(shape).collect()
            }
            ("items" | "additionalProperties", Value::Object(_)) => shape(value),
            _ => value.clone(),
        };
        (word.clone(), value)
    });
    kept.collect()
}

/// The names of all schemas that a schema refers to.
fn references(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (word, value) in members {
                match (word.as_str(), value) {
                    ("$ref", Value::String(name)) => names.push(name.clone()),
                    _ => references(value, names),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
