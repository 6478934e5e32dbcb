//! JSON Patch (RFC 6902) for identities.

use derive_more::Debug;
use serde::Serialize;
use serde_json::Value;
use std::{fmt, str::FromStr};

/// A JSON Pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct JsonPointer(String);

impl JsonPointer {
    /// Builds a pointer from unescaped keys and array indices. The index `-` is the end of an
    /// array.
    ///
    /// ```
    /// use kratos_client::JsonPointer;
    ///
    /// let pointer = JsonPointer::new(["traits", "name", "a/b"]);
    /// assert_eq!(pointer.as_str(), "/traits/name/a~1b");
    /// assert_eq!("/traits/name/a~1b".parse(), Ok(pointer));
    /// assert!("traits".parse::<JsonPointer>().is_err());
    /// assert!("/traits/~".parse::<JsonPointer>().is_err());
    /// ```
    pub fn new(path: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let escape = |key: &str| format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        Self(path.into_iter().map(|key| escape(key.as_ref())).collect())
    }

    /// The escaped pointer.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The error of parsing a text that is not a JSON Pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON Pointer: it must be empty or start with /, and ~ must be written as ~0")]
pub struct InvalidJsonPointer;

impl FromStr for JsonPointer {
    type Err = InvalidJsonPointer;

    /// Parses the escaped form, such as `/traits/email`.
    fn from_str(text: &str) -> Result<Self, InvalidJsonPointer> {
        let is_escaped = |(at, _)| text[at + 1..].starts_with(['0', '1']);
        let is_valid =
            (text.is_empty() || text.starts_with('/')) && text.match_indices('~').all(is_escaped);
        is_valid.then(|| Self(text.to_owned())).ok_or(InvalidJsonPointer)
    }
}

impl AsRef<str> for JsonPointer {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An operation of a JSON Patch. `Debug` redacts the value.
///
/// Kratos v26.2 supports `add`, `remove` and `replace`, and rejects a patch with any other
/// operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
#[non_exhaustive]
pub enum PatchOperation {
    /// Adds a value, or replaces an existing one.
    Add {
        /// The target location.
        path: JsonPointer,
        /// The value.
        #[debug("[redacted]")]
        value: Value,
    },
    /// Removes an existing value.
    Remove {
        /// The target location.
        path: JsonPointer,
    },
    /// Replaces an existing value.
    Replace {
        /// The target location.
        path: JsonPointer,
        /// The new value.
        #[debug("[redacted]")]
        value: Value,
    },
    /// Moves a value.
    Move {
        /// The source location.
        from: JsonPointer,
        /// The target location.
        path: JsonPointer,
    },
    /// Copies a value.
    Copy {
        /// The source location.
        from: JsonPointer,
        /// The target location.
        path: JsonPointer,
    },
    /// Fails the whole patch unless the value at the location equals this one.
    Test {
        /// The target location.
        path: JsonPointer,
        /// The expected value.
        #[debug("[redacted]")]
        value: Value,
    },
}
