//! Is a permission model well-formed?

use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Checks models in the Ory Permission Language.
///
/// See <https://www.ory.com/docs/keto/reference/ory-permission-language>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait OplSyntax: Send + Sync {
    /// What is wrong with a model; nothing, if the list is empty. The model is not stored.
    ///
    /// Self-hosted Keto has this API on a port of its own (4469 by default), which the client has
    /// to be told of. Where it is not, as on Keto v0.7, the error is
    /// [`crate::ErrorKind::Unsupported`].
    #[doc(alias = "checkOplSyntax")]
    async fn check_opl_syntax(&self, source: &str) -> Result<Vec<OplError>, Error>;
}

/// One thing that is wrong with a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {}, column {}: {message}", start.line, start.column)]
pub struct OplError {
    /// What is wrong.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
    /// Where it starts.
    #[serde(default, deserialize_with = "or_default")]
    pub start: OplPosition,
    /// Where it ends.
    #[serde(default, deserialize_with = "or_default")]
    pub end: OplPosition,
}

/// A place in a model, as the server counts; 0 where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OplPosition {
    /// The line, from 1.
    #[serde(rename = "Line", alias = "line", deserialize_with = "or_default")]
    pub line: u32,
    /// The column.
    #[serde(deserialize_with = "or_default")]
    pub column: u32,
}

/// What is wrong is told by the list of errors: one that does not say where is one, too.
fn or_default<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
}
