//! Reading JSON with errors that name the place and not the value.

use crate::field_names::field_names;
use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};
use serde_path_to_error::{Path, Segment};

/// JSON that does not fit its type. It names the JSON path and what was expected there, and never
/// quotes the value, which can be a trait or a token.
///
/// Of the path, it names the fields that the type has. Any other key is data, such as an address
/// that a map goes by, and shown as `…`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct DecodeError {
    path: String,
    problem: String,
}

impl DecodeError {
    fn of<T: DeserializeOwned>(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        Self { path: shown::<T>(error.path()), problem: describe(error.inner()) }
    }

    /// Where in the document, such as `identity.state`; `.` is the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Self> {
        // The plain way first: it is faster, and fails only where an error is to be told anyway.
        let text = str::from_utf8(bytes);
        if let Some(value) = text.ok().and_then(|text| serde_json::from_str(text).ok()) {
            return Ok(value);
        }
        let whole = |problem| Self { path: ".".into(), problem };
        let reader = &mut serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut *reader)
            .map_err(|error| Self::of::<T>(&error))?;
        reader.end().map_err(|error| whole(describe(&error)))?;
        // serde takes any bytes in a field that it skips; JSON is UTF-8.
        match text {
            Ok(_) => Ok(value),
            Err(error) => Err(whole(format!("is not UTF-8 at byte {}", error.valid_up_to()))),
        }
    }
}

/// Reads a JSON value into a type, such as raw traits into an application's own.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, DecodeError> {
    serde_path_to_error::deserialize(value).map_err(|error| DecodeError::of::<T>(&error))
}

/// A path without the keys that are data.
fn shown<T: DeserializeOwned>(path: &Path) -> String {
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

/// serde's messages quote the offending value; this keeps what they say of the type.
fn describe(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "the JSON ends too early".into(),
        Category::Syntax => {
            format!("is not JSON at line {} column {}", error.line(), error.column())
        }
        Category::Io => "could not be read".into(),
        Category::Data => {
            let message = error.to_string();
            if message.starts_with("missing field `") || message.starts_with("duplicate field `") {
                return message;
            }
            // Messages of a type's own can say anything.
            let is_serdes = ["invalid type: ", "invalid value: ", "invalid length "]
                .iter()
                .any(|beginning| message.starts_with(beginning));
            match message.rsplit_once(", expected ").filter(|_| is_serdes) {
                Some((_, expected)) => format!("expected {expected}"),
                None => "has a value that its type refuses".into(),
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
        assert_eq!(error("[{\"na").to_string(), "[0].?: the JSON ends too early");
        assert_eq!(error("[] []").to_string(), ".: is not JSON at line 1 column 4");
        let skipped = DecodeError::from_slice::<IgnoredAny>(b"\"\xff\"").unwrap_err();
        assert_eq!(skipped.to_string(), ".: is not UTF-8 at byte 1");
        assert_eq!(error("<html>").to_string(), ".: is not JSON at line 1 column 1");
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
