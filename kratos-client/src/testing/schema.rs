//! The subset of JSON Schema that identity schemas consist of: `type`, `properties`, `required`,
//! `additionalProperties`, `format: email`, `minLength` and `enum`.

use serde_json::{Map, Value};

/// A trait that does not match the schema.
pub(super) struct SchemaViolation {
    /// The path of the instance, such as `/traits/email`.
    pub(super) instance: String,
    /// The path in the schema, such as `/properties/traits/properties/email/format`.
    pub(super) schema: String,
    pub(super) kind: ViolationKind,
}

pub(super) enum ViolationKind {
    Type { expected: String, actual: &'static str },
    Required(String),
    AdditionalProperty(String),
    Email(String),
    MinLength { min: u64, actual: usize },
    Enum,
}

/// A property of the traits that holds a value and no object.
pub(super) struct Field<'a> {
    /// The name of the UI node, such as `traits.name.first`.
    pub(super) name: String,
    pub(super) schema: &'a Value,
    pub(super) required: bool,
}

impl Field<'_> {
    pub(super) fn extension(&self, pointer: &str) -> Option<&Value> {
        self.schema.pointer(&format!("/ory.sh~1kratos/{pointer}"))
    }

    /// The value in traits.
    pub(super) fn value_in<'a>(&self, traits: &'a Value) -> Option<&'a Value> {
        let path = self.name.strip_prefix("traits.")?;
        path.split('.').try_fold(traits, |value, name| value.get(name))
    }
}

/// The fields of the traits, in the order in which Kratos lists them: those that are required
/// first.
pub(super) fn fields(schema: &Value) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    collect(&schema["properties"]["traits"], "traits", true, &mut fields);
    fields
}

fn collect<'a>(schema: &'a Value, name: &str, required: bool, fields: &mut Vec<Field<'a>>) {
    let Some(properties) = schema["properties"].as_object() else {
        fields.push(Field { name: name.to_owned(), schema, required });
        return;
    };
    for (key, property) in properties {
        let required = required && is_required(schema, key);
        collect(property, &format!("{name}.{key}"), required, fields);
    }
}

fn is_required(schema: &Value, key: &str) -> bool {
    schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == key))
}

/// The violations of traits, by an identity schema.
pub(super) fn validate(schema: &Value, traits: &Value) -> Vec<SchemaViolation> {
    let mut violations = Vec::new();
    let schema = &schema["properties"]["traits"];
    check(schema, traits, "/traits", "/properties/traits", &mut violations);
    violations
}

fn check(schema: &Value, value: &Value, at: &str, path: &str, found: &mut Vec<SchemaViolation>) {
    let mut report = |keyword: &str, kind| {
        let (instance, schema) = (at.to_owned(), format!("{path}/{keyword}"));
        found.push(SchemaViolation { instance, schema, kind });
    };
    let actual = type_of(value);
    if let Some(expected) = schema["type"].as_str()
        && expected != actual
        && !(expected == "number" && actual == "integer")
    {
        let actual = if actual == "integer" { "number" } else { actual };
        report("type", ViolationKind::Type { expected: expected.to_owned(), actual });
        return;
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        report("enum", ViolationKind::Enum);
    }
    if let Some(text) = value.as_str() {
        if schema["format"] == "email" && !is_email(text) {
            report("format", ViolationKind::Email(text.to_owned()));
        }
        let actual = text.chars().count();
        if let Some(min) = schema["minLength"].as_u64().filter(|min| (actual as u64) < *min) {
            report("minLength", ViolationKind::MinLength { min, actual });
        }
    }
    let Some(object) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            report("required", ViolationKind::Required(name.to_owned()));
        }
    }
    let nothing = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&nothing);
    if schema["additionalProperties"] == false {
        for name in object.keys().filter(|name| !properties.contains_key(*name)) {
            report("additionalProperties", ViolationKind::AdditionalProperty(name.clone()));
        }
    }
    for (name, property) in properties {
        if let Some(value) = object.get(name) {
            let path = format!("{path}/properties/{name}");
            check(property, value, &format!("{at}/{name}"), &path, found);
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && !text.contains(char::is_whitespace)
}

/// The reason of the error that Kratos responds with.
pub(super) fn reason(violations: &[SchemaViolation]) -> String {
    let line = |violation: &SchemaViolation| {
        let problem = match &violation.kind {
            ViolationKind::Type { expected, actual } => {
                format!("expected {expected}, but got {actual}")
            }
            ViolationKind::Required(name) => format!("missing properties: \"{name}\""),
            ViolationKind::AdditionalProperty(name) => {
                format!("additionalProperties \"{name}\" not allowed")
            }
            ViolationKind::Email(text) => format!("\"{text}\" is not valid \"email\""),
            ViolationKind::MinLength { min, actual } => {
                format!("length must be >= {min}, but got {actual}")
            }
            ViolationKind::Enum => "value must be one of the allowed values".to_owned(),
        };
        format!("I[#{}] S[#{}] {problem}", violation.instance, violation.schema)
    };
    match violations {
        [one] => line(one),
        several => {
            let head = "I[#/traits] S[#/properties/traits] validation failed".to_owned();
            let lines = several.iter().map(|violation| format!("\n  {}", line(violation)));
            lines.fold(head, |text, line| text + &line)
        }
    }
}
