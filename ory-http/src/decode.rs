//! Reading JSON with errors that name the place and not the value.

use serde::de::DeserializeOwned;
use serde_json::{Value, error::Category};
use serde_path_to_error::Segment;

/// JSON that does not fit its type. It names the JSON path and what was expected there, and never
/// quotes the value, which can be a trait or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct DecodeError {
    path: String,
    problem: String,
}

impl DecodeError {
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
        let value = serde_path_to_error::deserialize(&mut *reader).map_err(Self::from)?;
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
    serde_path_to_error::deserialize(value).map_err(DecodeError::from)
}

impl From<serde_path_to_error::Error<serde_json::Error>> for DecodeError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        Self { path: shown(error.path()), problem: describe(error.inner()) }
    }
}

/// A path without the keys that may be data, such as an address that a map goes by.
fn shown(path: &serde_path_to_error::Path) -> String {
    let plain = |key: &str| {
        key.len() <= 64
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.extend(["[", &index.to_string(), "]"]),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                let divider = if text.is_empty() { "" } else { "." };
                text.extend([divider, if plain(key) { key } else { "…" }]);
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
        let by_address = |json: &str| {
            DecodeError::from_slice::<HashMap<String, u8>>(json.as_bytes()).unwrap_err()
        };
        assert_eq!(by_address(r#"{"ann@x.test":""}"#).path(), "…");
        assert_eq!(by_address(r#"{"ann":""}"#).path(), "ann");
        assert_eq!(error("[] []").to_string(), ".: is not JSON at line 1 column 4");
        let skipped = DecodeError::from_slice::<IgnoredAny>(b"\"\xff\"").unwrap_err();
        assert_eq!(skipped.to_string(), ".: is not UTF-8 at byte 1");
        assert_eq!(error("<html>").to_string(), ".: is not JSON at line 1 column 1");
    }
}
