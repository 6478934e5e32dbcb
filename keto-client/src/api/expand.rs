//! Who has a relation, and why.

use crate::model::{subject::SubjectSet, tree::SubjectTree};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Expands a subject set into the tree of all who are in it.
///
/// ```
/// use keto_client::{Error, Expand, ExpandRequest, SubjectSet};
///
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
    /// The tree of a subject set; `None` where no tuple has the object and the relation.
    ///
    /// Keto expands tuples and no permits of its permission language. An unknown namespace is an
    /// error of the server's.
    #[doc(alias = "expandPermissions")]
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error>;
}

/// Which subject set to expand, and how far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExpandRequest {
    pub(crate) set: SubjectSet,
    pub(crate) max_depth: Option<u32>,
}

impl ExpandRequest {
    /// Expands a subject set as deep as the server likes: v26 by its `limit.max_read_depth`, 5 by
    /// default. v0.7 has no such limit and is asked for 5.
    pub fn new(set: SubjectSet) -> Self {
        Self { set, max_depth: None }
    }

    /// Goes at most this deep: the root alone is 1. A set at the limit is a leaf. 0 is the
    /// server's own limit, which also bounds what is asked for.
    #[must_use]
    pub fn max_depth(mut self, depth: u32) -> Self {
        self.max_depth = Some(depth).filter(|depth| *depth > 0);
        self
    }
}

impl From<SubjectSet> for ExpandRequest {
    fn from(set: SubjectSet) -> Self {
        Self::new(set)
    }
}
