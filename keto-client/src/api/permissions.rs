//! May they?

use crate::model::tuple::RelationTuple;
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Answers whether a subject has a relation to an object. An application that only asks
/// "may they?" depends on this and on nothing else.
///
/// ```
/// use keto_client::{Check, Error, Permissions, RelationTuple, Subject};
///
/// async fn may_read(permissions: &dyn Permissions, who: &str) -> Result<bool, Error> {
///     let tuple = RelationTuple::new("app", "homepage", "read", Subject::set("User", who, ""));
///     Ok(permissions.check(&Check::new(tuple)).await?.is_allowed())
/// }
/// ```
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/permission>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Permissions: Send + Sync {
    /// Asks one question.
    ///
    /// A denial is a value. An error is no answer, and must never let anybody in. Keto answers
    /// "denied" for a namespace that does not exist, too; [`crate::CheckedNames`] tells.
    ///
    /// To Keto v0.7 an empty namespace, object or relation is any: a check with one is refused
    /// ([`crate::ErrorKind::InvalidInput`]), and nothing is sent.
    #[doc(alias("checkPermission", "postCheckPermission"))]
    async fn check(&self, check: &Check) -> Result<Decision, Error>;
}

/// A question: has the subject of a tuple its relation to its object?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Check {
    /// What is asked about.
    pub tuple: RelationTuple,
    /// How deep subject sets are followed; the server decides if it is not said.
    pub max_depth: Option<u32>,
}

impl Check {
    /// Asks whether the tuple holds, directly or through subject sets.
    pub fn new(tuple: RelationTuple) -> Self {
        Self { tuple, max_depth: None }
    }

    /// Follows subject sets at most this deep; 0 is as deep as the server likes. The server bounds
    /// it by its own limit, counts the tuple itself as a step (today's finds nothing with 1), and
    /// v0.7, which has no such limit, ignores it.
    #[must_use]
    pub fn max_depth(mut self, depth: u32) -> Self {
        self.max_depth = Some(depth);
        self
    }

    /// What is asked about.
    pub fn tuple(&self) -> &RelationTuple {
        &self.tuple
    }
}

impl From<RelationTuple> for Check {
    fn from(tuple: RelationTuple) -> Self {
        Self::new(tuple)
    }
}

/// The answer to a [`Check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "a decision that nobody looks at protects nothing"]
pub enum Decision {
    /// They may.
    Allowed,
    /// They may not.
    Denied,
}

impl Decision {
    /// Whether they may.
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}
