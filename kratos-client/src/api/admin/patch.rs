//! Changes of parts of an identity, by JSON Patch (RFC 6902).

use derive_more::Debug;
use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// A place in a JSON document (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct JsonPointer(String);

impl JsonPointer {
    /// The place that one comes to by these keys and indices. The index `-` is the end of a list.
    ///
    /// ```
    /// use kratos_client::JsonPointer;
    ///
    /// let pointer = JsonPointer::new(["traits", "name", "a/b"]);
    /// assert_eq!(pointer.to_string(), "/traits/name/a~1b");
    /// ```
    pub fn new<'a>(path: impl IntoIterator<Item = &'a str>) -> Self {
        let escape = |key: &str| format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        Self(path.into_iter().map(escape).collect())
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One step of a patch. `Debug` hides the value.
///
/// Kratos v26.2 takes add, remove and replace, and refuses a patch with one of the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum PatchOperation {
    /// Adds a value, or sets it if it is there.
    Add {
        /// Where.
        path: JsonPointer,
        /// What.
        #[debug("[redacted]")]
        value: Value,
    },
    /// Removes a value.
    Remove {
        /// Where.
        path: JsonPointer,
    },
    /// Sets a value that is there.
    Replace {
        /// Where.
        path: JsonPointer,
        /// What.
        #[debug("[redacted]")]
        value: Value,
    },
    /// Moves a value.
    Move {
        /// From where.
        from: JsonPointer,
        /// Where to.
        path: JsonPointer,
    },
    /// Copies a value.
    Copy {
        /// From where.
        from: JsonPointer,
        /// Where to.
        path: JsonPointer,
    },
    /// Fails, and the whole patch with it, if a value is not this one.
    Test {
        /// Where.
        path: JsonPointer,
        /// What.
        #[debug("[redacted]")]
        value: Value,
    },
}
