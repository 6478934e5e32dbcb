//! JSON decoding with errors that contain the path of a value, but not the value.

use crate::field_names::field_names;
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};
use serde_path_to_error::{Path, Segment};

/// JSON that does not match its type. The message contains the path of the value and what was
/// expected there, but never the value, which can be a trait or a token.
///
/// A path contains the names of fields that the type declares. Any other key, such as a key of a
/// map, is data and appears as `…`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct DecodeError {
    path: String,
    problem: String,
}

impl DecodeError {
    fn from_error<T: DeserializeOwned>(
        error: &serde_path_to_error::Error<serde_json::Error>,
    ) -> Self {
        Self { path: displayable::<T>(error.path()), problem: describe(error.inner()) }
    }

    /// Creates an error at a path, such as for a mock. The problem reads on from the path
    /// (`expected a string`).
    pub fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }

    /// The path in the document, such as `identity.state`. The root is `.`.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Self> {
        // Without tracking of the path first, which is faster.
        let text = str::from_utf8(bytes);
        if let Some(value) = text.ok().and_then(|text| serde_json::from_str(text).ok()) {
            return Ok(value);
        }
        let root = |problem: String| Self::new(".", problem);
        let reader = &mut serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut *reader)
            .map_err(|error| Self::from_error::<T>(&error))?;
        reader.end().map_err(|error| root(describe(&error)))?;
        // serde accepts any bytes in a field that it skips, but JSON is UTF-8.
        match text {
            Ok(_) => Ok(value),
            Err(error) => Err(root(format!("invalid UTF-8 at byte {}", error.valid_up_to()))),
        }
    }
}

/// Deserializes a JSON value, such as the traits of an identity, into a type of the application.
///
/// # Errors
/// Returns the path at which the value does not match the type.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(value).map_err(|error| DecodeError::from_error::<T>(&error))
}

/// Formats a path, with `…` in place of keys that are data.
fn displayable<T: DeserializeOwned>(path: &Path) -> String {
    let mut text = String::new();
    for (segment, is_field) in path.iter().zip(field_names::<T>(path)) {
        match segment {
            Segment::Seq { index } => text.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                let divider = if text.is_empty() { "" } else { "." };
                text.extend([divider, if is_field { key } else { "…" }]);
            }
            Segment::Unknown => text.push_str(".?"),
        }
    }
    if text.is_empty() { ".".into() } else { text }
}

/// Removes the value from a message of serde, and keeps the expected type.
fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "unexpected end of JSON".into(),
        Category::Syntax => {
            format!("invalid JSON at line {} column {}", error.line(), error.column())
        }
        Category::Io => "I/O error".into(),
        Category::Data => {
            let message = error.to_string();
            if message.starts_with("missing field `") || message.starts_with("duplicate field `") {
                return message;
            }
            // Custom messages of a type can contain the value.
            let is_from_serde = ["invalid type: ", "invalid value: ", "invalid length "]
                .iter()
                .any(|beginning| message.starts_with(beginning));
            match message.rsplit_once(", expected ").filter(|_| is_from_serde) {
                Some((_, expected)) => format!("expected {expected}"),
                None => "invalid value".into(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json_object::JsonObject;
    use serde::{Deserialize, de::IgnoredAny};
    use std::collections::HashMap;

    #[derive(Debug, Deserialize)]
    struct Person {
        #[serde(rename = "name")]
        _name: Vec<u8>,
    }

    fn error(json: &str) -> DecodeError {
        DecodeError::from_slice::<Vec<Person>>(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn names_the_path_and_hides_the_value() {
        let wrong = error(r#"[{"name":"planted, expected nothing"}]"#);
        assert_eq!(wrong.path(), "[0].name");
        assert_eq!(wrong.to_string(), "[0].name: expected a sequence at line 1 column 36");
        assert_eq!(error("[{}]").to_string(), "[0]: missing field `name` at line 1 column 3");
        assert_eq!(error("[{\"na").to_string(), "[0].?: unexpected end of JSON");
        assert_eq!(error("[] []").to_string(), ".: invalid JSON at line 1 column 4");
        let skipped = DecodeError::from_slice::<IgnoredAny>(b"\"\xff\"").unwrap_err();
        assert_eq!(skipped.to_string(), ".: invalid UTF-8 at byte 1");
        assert_eq!(error("<html>").to_string(), ".: invalid JSON at line 1 column 1");
    }

    /// What an application may make of its traits.
    #[derive(Deserialize)]
    struct Traits {
        #[serde(rename = "groups")]
        _groups: HashMap<UserName, Option<Vec<Member>>>,
        #[serde(rename = "note")]
        _note: Option<Value>,
        #[serde(flatten)]
        _others: HashMap<String, u8>,
    }

    #[derive(PartialEq, Eq, Hash, Deserialize)]
    struct UserName(String);

    #[derive(Deserialize)]
    struct Member {
        #[serde(rename = "age")]
        _age: u8,
    }

    /// The same members without a flattened map, in an object that is an object.
    #[derive(Deserialize)]
    struct Response {
        #[serde(rename = "traits")]
        _traits: Option<JsonObject<Member>>,
    }

    fn path<T: DeserializeOwned>(json: &str) -> String {
        DecodeError::from_slice::<T>(json.as_bytes()).err().expect(json).path().to_owned()
    }

    #[test]
    fn hides_keys_that_no_field_has() {
        type Users = HashMap<String, u8>;
        for (json, expected) in [
            (r#"{"ann":""}"#, "…"),
            (r#"{"ann@x.test":""}"#, "…"),
            // A user by the name of a field of some type.
            (r#"{"age":""}"#, "…"),
        ] {
            assert_eq!(path::<Users>(json), expected, "{json}");
        }
        for (json, expected) in [
            (r#"{"groups":{"ann":[{"age":1},{"age":""}]}}"#, "groups.?[1].age"),
            (r#"{"groups":{"ann":[{"ann":1}]}}"#, "groups.?[0]"),
            (r#"{"groups":{"age":""}}"#, "groups.?"),
            (r#"{"groups":[]}"#, "groups"),
            // Broken off inside of what is kept untyped.
            (r#"{"note":{"ann":{"age":tru"#, "note.….…"),
            (r#"{"ann":{"age":tru"#, "….…"),
        ] {
            assert_eq!(path::<Traits>(json), expected, "{json}");
        }
        for (json, expected) in [
            (r#"{"traits":{"age":""}}"#, "traits.age"),
            (r#"{"traits":{"ann":{"age":tru"#, "traits.…"),
            (r#"{"ann":{"age":tru"#, "…"),
        ] {
            assert_eq!(path::<Response>(json), expected, "{json}");
        }
        let traits = serde_json::json!({"groups": {"ann": [{"age": 1000}]}});
        assert_eq!(from_value::<Traits>(traits).err().unwrap().path(), "groups.?[0].age");
    }
}
