//! Values of the schemas of a document.

use serde_json::{Map, Value, json};
use std::{fs, path::Path};

/// How often a schema may contain itself before its optional fields are left out.
const NESTING: usize = 2;

/// The facts of one OpenAPI document.
pub struct Document {
    facts: Value,
}

impl Document {
    /// Reads the facts in `tests/openapi`.
    pub fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi");
        let text = fs::read(path.join(format!("{name}.json"))).unwrap();
        Self { facts: serde_json::from_slice(&text).unwrap() }
    }

    /// The operations that answer with JSON, by their ids.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.facts["operations"].as_object().unwrap().keys().map(String::as_str)
    }

    /// The status of an operation's success, and a value of its response for each alternative that
    /// a schema has.
    pub fn responses(&self, operation: &str) -> Option<(u16, Vec<Value>)> {
        let responses = self.facts["operations"].get(operation)?.as_object().unwrap();
        let (status, schema) = responses.iter().next().unwrap();
        Some((status.parse().unwrap(), self.instances(schema, &mut Vec::new())))
    }

    /// Values of a schema that have all of its fields: one, and one more for each further
    /// alternative inside of it. None where the schema contains itself too often.
    fn instances<'a>(&'a self, schema: &'a Value, within: &mut Vec<&'a str>) -> Vec<Value> {
        if let Some(name) = schema["$ref"].as_str() {
            if within.iter().filter(|outer| **outer == name).count() >= NESTING {
                return Vec::new();
            }
            within.push(name);
            let instances = self.instances(&self.facts["schemas"][name], within);
            within.pop();
            return instances;
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[word].as_array() {
                return choices.iter().flat_map(|of| self.instances(of, within)).collect();
            }
        }
        if let Some(word) = schema["enum"].as_array().and_then(|words| words.first()) {
            return vec![word.clone()];
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), format) => vec![text(format).into()],
            (Some("integer" | "number"), _) => vec![7.into()],
            (Some("boolean"), _) => vec![true.into()],
            (Some("array"), _) => vec![self.instances(&schema["items"], within).into()],
            _ if schema.get("properties").or_else(|| schema.get("allOf")).is_some() => {
                self.objects(schema, within)
            }
            (Some("object"), _) if schema["additionalProperties"].is_object() => {
                let values = self.instances(&schema["additionalProperties"], within);
                values.into_iter().map(|value| json!({"key": value})).collect()
            }
            _ => vec![json!({"any": 1})],
        }
    }

    fn objects<'a>(&'a self, schema: &'a Value, within: &mut Vec<&'a str>) -> Vec<Value> {
        let mut first = Map::new();
        let mut others = Vec::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            if let Some(Value::Object(part)) = self.instances(part, within).into_iter().next() {
                first.extend(part);
            }
        }
        for (name, of) in schema["properties"].as_object().into_iter().flatten() {
            let mut values = self.instances(of, within).into_iter();
            first.extend(values.next().map(|value| (name.clone(), value)));
            others.extend(values.map(|value| (name.clone(), value)));
        }
        let other = |(name, value)| {
            let mut object = first.clone();
            object.insert(name, value);
            object.into()
        };
        let others: Vec<Value> = others.into_iter().map(other).collect();
        [first.into()].into_iter().chain(others).collect()
    }
}

fn text(format: Option<&str>) -> &'static str {
    match format {
        Some("date-time") => "2999-01-02T03:04:05.123456Z",
        Some("uuid" | "uuid4") => "0000001f-1111-4222-8333-00000000001f",
        Some("uri" | "url") => "http://ory.test/path",
        _ => "text",
    }
}
