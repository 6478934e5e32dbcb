//! Is a permission model well-formed?

use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;
use serde::{Deserialize, Serialize};
use serde_with::{DefaultOnError, serde_as};

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
    async fn check_opl(&self, source: &str) -> Result<Vec<OplError>, Error>;
}

/// One thing that is wrong with a model.
#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {}, column {}: {message}", start.line, start.column)]
pub struct OplError {
    /// What is wrong.
    #[serde(default)]
    #[serde_as(deserialize_as = "DefaultOnError")]
    pub message: String,
    /// Where it starts.
    #[serde(default)]
    #[serde_as(deserialize_as = "DefaultOnError")]
    pub start: OplPosition,
    /// Where it ends.
    #[serde(default)]
    #[serde_as(deserialize_as = "DefaultOnError")]
    pub end: OplPosition,
}

/// A place in a model, as the server counts; 0 where it does not say.
#[serde_as]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OplPosition {
    /// The line, from 1.
    #[serde(rename = "Line", alias = "line")]
    #[serde_as(deserialize_as = "DefaultOnError")]
    pub line: u32,
    /// The column.
    #[serde_as(deserialize_as = "DefaultOnError")]
    pub column: u32,
}
