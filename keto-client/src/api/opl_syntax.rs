//! Is a permission model well-formed?

use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;
use serde::{Deserialize, Serialize};

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {}, column {}: {message}", start.line, start.column)]
pub struct OplError {
    /// What is wrong.
    pub message: String,
    /// Where it starts.
    pub start: OplPosition,
    /// Where it ends.
    pub end: OplPosition,
}

/// A place in a model, as the server counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OplPosition {
    /// The line, from 1.
    #[serde(rename = "Line", alias = "line")]
    pub line: u32,
    /// The column.
    pub column: u32,
}
