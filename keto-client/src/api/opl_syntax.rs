//! Syntax check of permission models.

use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Checks the syntax of permission models in the Ory Permission Language (OPL).
///
/// See <https://www.ory.com/docs/keto/reference/ory-permission-language>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait OplSyntax: Send + Sync {
    /// Returns the errors in a model, or an empty list if it is valid. The model is not stored.
    ///
    /// Self-hosted Keto serves this API on its own port, 4469 by default
    /// ([`crate::KetoClientBuilder::opl_url`]).
    ///
    /// # Errors
    /// If the server at that URL does not have the operation, such as Keto v0.7,
    /// [`Error::is_unsupported`] is true.
    #[doc(alias = "checkOplSyntax")]
    async fn check_opl_syntax(&self, source: &str) -> Result<Vec<OplError>, Error>;
}

/// A syntax error in a permission model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {}, column {}: {message}", start.line, start.column)]
#[non_exhaustive]
pub struct OplError {
    /// The description of the error.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
    /// The start of the invalid code.
    #[serde(default, deserialize_with = "or_default")]
    pub start: OplPosition,
    /// The end of the invalid code.
    #[serde(default, deserialize_with = "or_default")]
    pub end: OplPosition,
}

impl OplError {
    /// Creates an error, such as for a mock.
    pub fn new(message: impl Into<String>, start: OplPosition, end: OplPosition) -> Self {
        Self { message: message.into(), start, end }
    }
}

/// A position in a permission model, as the server reports it; 0 if it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct OplPosition {
    /// The line, starting at 1.
    #[serde(rename = "Line", alias = "line", deserialize_with = "or_default")]
    pub line: u32,
    /// The column.
    #[serde(deserialize_with = "or_default")]
    pub column: u32,
}

impl OplPosition {
    /// Creates a position.
    pub fn new(line: u32, column: u32) -> Self {
        Self { line, column }
    }
}

/// Deserializes a field of any other type as its default. The list of errors alone decides whether a
/// model is valid.
fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}
