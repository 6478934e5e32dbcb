//! Expansion of subject sets.

use crate::model::{subject::SubjectSet, tree::SubjectTree};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Expands a subject set into the tree of its subjects.
///
/// ```
/// use keto_client::{Error, Expand, ExpandRequest, SubjectSet};
///
/// /// Counts the leaves of the tree.
/// async fn readers(keto: &dyn Expand) -> Result<usize, Error> {
///     let homepage = SubjectSet::new("app", "homepage", "read");
///     let tree = keto.expand(&ExpandRequest::new(homepage)).await?;
///     Ok(tree.map_or(0, |tree| tree.nodes().filter(|(_, node)| node.children.is_empty()).count()))
/// }
/// ```
///
/// See <https://www.ory.com/docs/keto/concepts/api-overview#expand-subject-sets>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Expand: Send + Sync {
    /// Returns the tree of a subject set, or `None` if no relation tuple has the object and the
    /// relation.
    ///
    /// Keto expands relation tuples only, and no permissions of the Ory Permission Language.
    ///
    /// # Errors
    /// The server returns an error if the namespace does not exist. Keto v0.7 treats an empty name
    /// as a wildcard: such a request returns [`crate::ErrorKind::InvalidInput`].
    #[doc(alias = "expandPermissions")]
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error>;
}

/// A request to expand a subject set.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ExpandRequest {
    /// The subject set to expand.
    pub set: SubjectSet,
    /// The maximum depth of the tree, or `None` for the limit of the server.
    pub max_depth: Option<u32>,
}

impl ExpandRequest {
    /// Creates a request up to the maximum depth of the server: `limit.max_read_depth` in its
    /// configuration, 5 by default. Keto v0.7 has no such limit; the client sends 5.
    pub fn new(set: SubjectSet) -> Self {
        Self { set, max_depth: None }
    }

    /// Sets the maximum depth of the tree; 0 is the limit of the server, which also caps larger
    /// values. The root alone has depth 1, and a set at the maximum depth is a leaf.
    #[must_use]
    pub fn max_depth(mut self, depth: u32) -> Self {
        self.max_depth = Some(depth);
        self
    }
}

impl From<SubjectSet> for ExpandRequest {
    fn from(set: SubjectSet) -> Self {
        Self::new(set)
    }
}
