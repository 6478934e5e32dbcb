//! Sample traits from an identity schema.

use crate::api::admin::patch::JsonPointer;
use serde_json::{Map, Value, json};

/// A schema in an identity schema.
#[derive(Clone, Copy)]
pub(super) struct Schema<'a> {
    /// The document, which references lead into.
    document: &'a Value,
    schema: &'a Value,
}

/// A property of the traits, at any depth.
pub(super) struct Property<'a> {
    pub pointer: String,
    pub required: bool,
    pub schema: Schema<'a>,
}

/// The maximum depth, at which schemas that refer to themselves end.
const MAX_DEPTH: usize = 8;

impl<'a> Schema<'a> {
    pub fn of_traits(document: &'a Value) -> Self {
        let schema = &document["properties"]["traits"];
        Self { document, schema }.resolved()
    }

    fn at(self, schema: &'a Value) -> Self {
        Self { schema, ..self }.resolved()
    }

    /// Follows references within the document, such as `#/definitions/name`.
    fn resolved(mut self) -> Self {
        for _ in 0..MAX_DEPTH {
            let reference = self.schema["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
            match reference.and_then(|pointer| self.document.pointer(pointer)) {
                Some(schema) => self.schema = schema,
                None => break,
            }
        }
        self
    }

    fn members(self) -> impl Iterator<Item = (&'a String, Self)> {
        let members = self.schema["properties"].as_object().into_iter().flatten();
        members.map(move |(name, schema)| (name, self.at(schema)))
    }

    fn requires(self, name: &str) -> bool {
        self.schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name))
    }

    pub fn properties(self) -> Vec<Property<'a>> {
        let mut found = Vec::new();
        self.collect("", 0, &mut found);
        found
    }

    fn collect(self, pointer: &str, depth: usize, found: &mut Vec<Property<'a>>) {
        if depth == MAX_DEPTH {
            return;
        }
        for (name, schema) in self.members() {
            let pointer = below(pointer, name);
            let required = self.requires(name);
            found.push(Property { pointer: pointer.clone(), required, schema });
            schema.collect(&pointer, depth + 1, found);
        }
        if self.schema["items"].is_object() {
            self.at(&self.schema["items"]).collect(&format!("{pointer}/0"), depth + 1, found);
        }
    }

    /// The pointers of what a value has beyond the properties, where there are any.
    pub fn unknown(self, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_unknown(value, "", &mut found);
        found
    }

    fn collect_unknown(self, value: &Value, pointer: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) if self.schema["properties"].is_object() => {
                for (name, value) in fields {
                    let pointer = below(pointer, name);
                    match self.members().find(|(known, _)| *known == name) {
                        Some((_, schema)) => schema.collect_unknown(value, &pointer, found),
                        None => found.push(pointer),
                    }
                }
            }
            Value::Array(items) => {
                let schema = self.at(&self.schema["items"]);
                let first = items.first().into_iter();
                first.for_each(|item| schema.collect_unknown(item, &format!("{pointer}/0"), found));
            }
            _ => {}
        }
    }

    /// A value with all properties.
    pub fn sample(self) -> Value {
        self.alternatives().into_iter().next().unwrap_or_default()
    }

    /// Values of each type, and each `enum` value, that the schema allows.
    pub fn alternatives(self) -> Vec<Value> {
        self.alternatives_at(0)
    }

    fn alternatives_at(self, depth: usize) -> Vec<Value> {
        for keyword in ["enum", "examples"] {
            if let Some(values) = self.schema[keyword].as_array() {
                return values.clone();
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(schemas) = self.schema[keyword].as_array().filter(|_| depth < MAX_DEPTH) {
                let each = schemas.iter().map(|schema| self.at(schema));
                return each.flat_map(|schema| schema.alternatives_at(depth + 1)).collect();
            }
        }
        match (&self.schema["const"], &self.schema["type"]) {
            (Value::Null, Value::Array(types)) => {
                types.iter().filter_map(|name| self.of_type(name.as_str()?, depth)).collect()
            }
            (Value::Null, Value::String(name)) => self.of_type(name, depth).into_iter().collect(),
            (Value::Null, _) => {
                let name = if self.schema["properties"].is_object() { "object" } else { "string" };
                self.of_type(name, depth).into_iter().collect()
            }
            (constant, _) => vec![constant.clone()],
        }
    }

    fn of_type(self, name: &str, depth: usize) -> Option<Value> {
        Some(match name {
            "null" => Value::Null,
            "boolean" => true.into(),
            "integer" => self.schema["minimum"].as_i64().unwrap_or(1).into(),
            "number" => self.schema["minimum"].as_f64().unwrap_or(1.5).into(),
            "string" => self.text().into(),
            "array" if depth == MAX_DEPTH || !self.schema["items"].is_object() => json!([]),
            "array" => {
                let items = self.at(&self.schema["items"]).alternatives_at(depth + 1);
                items.into_iter().take(1).collect()
            }
            "object" if depth == MAX_DEPTH => json!({}),
            "object" => {
                let member = |(name, schema): (&String, Self)| {
                    let value = schema.alternatives_at(depth + 1).into_iter().next()?;
                    Some((name.clone(), value))
                };
                Value::Object(self.members().filter_map(member).collect::<Map<_, _>>())
            }
            _ => return None,
        })
    }

    fn text(self) -> String {
        let text = match self.schema["format"].as_str() {
            Some("email" | "idn-email") => "ann@example.org",
            Some("uri" | "url" | "iri") => "https://example.org/",
            Some("date") => "2026-01-31",
            Some("date-time") => "2026-01-31T12:00:00Z",
            Some("time") => "12:00:00Z",
            Some("uuid") => "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a01",
            Some("tel") => "+493012345678",
            _ => {
                let length = self.schema["minLength"].as_u64().unwrap_or(1).clamp(1, 1000);
                return "a".repeat(usize::try_from(length).unwrap_or(1));
            }
        };
        text.to_owned()
    }
}

/// The pointer of a property.
fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}{}", JsonPointer::new([name]).as_str())
}

/// A value of each JSON type, and of lists of them.
pub(super) fn of_any_type() -> Vec<Value> {
    let single = [json!("a"), json!(1), json!(1.5), json!(true), Value::Null, json!({})];
    let lists = single.iter().map(|value| json!([value]));
    single.iter().cloned().chain(lists).collect()
}

/// A value with another value at a pointer, or without it.
pub(super) fn changed(value: &Value, pointer: &str, new: Option<Value>) -> Value {
    let mut value = value.clone();
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return new.unwrap_or(value);
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    match (value.pointer_mut(parent), new) {
        (Some(Value::Object(fields)), Some(new)) => drop(fields.insert(name, new)),
        (Some(Value::Object(fields)), None) => drop(fields.remove(&name)),
        (Some(Value::Array(items)), Some(new)) => {
            items.iter_mut().take(1).for_each(|item| *item = new.clone());
        }
        _ => {}
    }
    value
}

pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

pub(super) fn same_type(a: &Value, b: &Value) -> bool {
    type_name(a) == type_name(b)
}
