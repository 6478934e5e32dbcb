//! Batches of permission checks.

use crate::api::{
    error::{ErrorExt, NAMESPACE, hint_of_reason, names_check_limit, refuses_subject_id},
    permissions::{Check, Decision},
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Checks many permissions in few requests.
///
/// ```
/// use keto_client::{BatchPermissions, Check, Error, RelationTuple, Subject};
///
/// /// Returns the documents that a user may view.
/// async fn visible<'a>(
///     keto: &dyn BatchPermissions,
///     user_id: &str,
///     documents: &[&'a str],
/// ) -> Result<Vec<&'a str>, Error> {
///     let user = Subject::set("User", user_id, "");
///     let check = |document: &&str| {
///         Check::new(RelationTuple::new("Document", *document, "view", user.clone()))
///     };
///     let checks: Vec<Check> = documents.iter().map(check).collect();
///     let results = keto.batch_check(&checks).await?;
///     let visible = documents.iter().zip(results).filter_map(|(document, result)| match result {
///         Ok(decision) => decision.is_allowed().then_some(*document),
///         Err(_) => None,
///     });
///     Ok(visible.collect())
/// }
/// ```
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/permission/operation/batchCheckPermission>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait BatchPermissions: Send + Sync {
    /// Checks permissions, and returns one result for each check, in the same order.
    ///
    /// The client splits the checks into batches of the maximum size of the server, or sends single
    /// checks to a server without a batch operation, such as Keto v0.7. As with
    /// [`crate::Permissions::check`], a namespace that does not exist is a denial.
    ///
    /// # Errors
    /// A check that the server refuses has a [`CheckError`], and does not affect the others. If a
    /// request fails, the whole call returns its error.
    #[doc(alias = "batchCheckPermission")]
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error>;
}

/// The result of one check of a batch.
pub type CheckResult = Result<Decision, CheckError>;

/// The error of one check of a batch. It must be treated as a denial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The server refused to check the tuple, for example because its namespace does not declare its
    /// relation.
    #[error("the tuple can't be checked: {reason}{}", hint_of_reason(reason))]
    Refused {
        /// The reason that the server gives.
        reason: String,
    },
    /// The server could not decide the check, see [`ErrorExt::is_check_limit_exceeded`].
    #[error("the check reached a limit of the server: {reason}")]
    LimitExceeded {
        /// The limit, such as `max_depth_exceeded`.
        reason: String,
    },
    /// The tuple contains a name that does not exist. Only [`crate::CheckedNames`] returns it.
    #[error("the {kind} {name:?} does not exist")]
    UnknownName {
        /// `namespace` or `relation`.
        kind: &'static str,
        /// The name.
        name: String,
    },
}

impl ErrorExt for CheckError {
    fn is_unknown_namespace(&self) -> bool {
        matches!(self, Self::UnknownName { kind: NAMESPACE, .. })
    }

    fn is_subject_id_refused(&self) -> bool {
        matches!(self, Self::Refused { reason } if refuses_subject_id(reason))
    }

    fn is_check_limit_exceeded(&self) -> bool {
        matches!(self, Self::LimitExceeded { .. })
    }
}

impl CheckError {
    /// Creates the error with which the server refuses a check.
    pub(crate) fn from_reason(reason: String) -> Self {
        match names_check_limit(&reason) {
            true => Self::LimitExceeded { reason },
            false => Self::Refused { reason },
        }
    }
}
