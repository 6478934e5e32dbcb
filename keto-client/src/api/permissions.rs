//! Permission checks.

use crate::model::tuple::RelationTuple;
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Checks whether a subject has a relation to an object.
///
/// An application that only checks permissions depends on this trait alone.
///
/// ```
/// use keto_client::{Check, Error, Permissions, RelationTuple, Subject};
///
/// async fn may_read(permissions: &dyn Permissions, user_id: &str) -> Result<bool, Error> {
///     let tuple = RelationTuple::new("app", "homepage", "read", Subject::set("User", user_id, ""));
///     Ok(permissions.check(&Check::new(tuple)).await?.is_allowed())
/// }
/// ```
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/permission>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Permissions: Send + Sync {
    /// Checks a permission.
    ///
    /// Keto also denies a check whose namespace does not exist; [`crate::CheckedNames`] returns an
    /// error instead.
    ///
    /// # Errors
    /// A denial is not an error, but [`Decision::Denied`]. An error is not a decision, and must be
    /// treated as a denial. Keto v0.7 treats an empty namespace, object or relation as a wildcard:
    /// such a check returns [`crate::ErrorKind::InvalidInput`], and nothing is sent.
    #[doc(alias(
        "checkPermission",
        "checkPermissionOrError",
        "postCheckPermission",
        "postCheckPermissionOrError"
    ))]
    async fn check(&self, check: &Check) -> Result<Decision, Error>;
}

/// A request to check a permission: a relation tuple, and how deep subject sets are followed.
///
/// ```
/// use keto_client::{Check, RelationTuple};
///
/// let tuple: RelationTuple = "app:homepage#read@ann".parse()?;
/// let check = Check::new(tuple).max_depth(3);
/// assert_eq!(check.max_depth, Some(3));
/// # Ok::<(), keto_client::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Check {
    /// The relation tuple to check.
    pub tuple: RelationTuple,
    /// The maximum depth at which subject sets are followed, or `None` for the limit of the server.
    pub max_depth: Option<u32>,
}

impl Check {
    /// Creates a check of a relation tuple, up to the maximum depth of the server.
    pub fn new(tuple: RelationTuple) -> Self {
        Self { tuple, max_depth: None }
    }

    /// Sets the maximum depth at which subject sets are followed; 0 is the limit of the server,
    /// which also caps larger values.
    ///
    /// Keto counts the tuple itself, so that current versions allow nothing at a depth of 1. Keto
    /// v0.7 ignores the maximum depth.
    #[must_use]
    pub fn max_depth(mut self, depth: u32) -> Self {
        self.max_depth = Some(depth);
        self
    }

    /// The relation tuple to check.
    pub fn tuple(&self) -> &RelationTuple {
        &self.tuple
    }
}

impl From<RelationTuple> for Check {
    fn from(tuple: RelationTuple) -> Self {
        Self::new(tuple)
    }
}

/// The result of a [`Check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use = "a decision that is not enforced protects nothing"]
pub enum Decision {
    /// The subject has the permission.
    Allowed,
    /// The subject does not have the permission.
    Denied,
}

impl Decision {
    /// Whether the decision is [`Decision::Allowed`].
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }

    /// The name for an [`Observer`](ory_http::Observer).
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}
