//! May they? Many questions at once.

use crate::api::{
    error::hint_of_reason,
    permissions::{Check, Decision},
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Answers any number of checks in few calls.
///
/// ```
/// use keto_client::{BatchPermissions, Check, Error, RelationTuple, Subject};
///
/// /// Which of these documents may somebody see? An error shows none.
/// async fn visible(keto: &dyn BatchPermissions, who: &str, all: &[&str]) -> Result<Vec<String>, Error> {
///     let ask = |document: &&str| {
///         Check::new(RelationTuple::new("Document", *document, "view", Subject::set("User", who, "")))
///     };
///     let checks: Vec<Check> = all.iter().map(ask).collect();
///     let answers = keto.batch_check(&checks).await?;
///     let allowed = |answer: &Result<_, _>| matches!(answer, Ok(keto_client::Decision::Allowed));
///     Ok(all.iter().zip(answers).filter(|(_, a)| allowed(a)).map(|(d, _)| (*d).into()).collect())
/// }
/// ```
///
/// See <https://www.ory.com/docs/keto/reference/rest-api#tag/permission/operation/batchCheckPermission>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait BatchPermissions: Send + Sync {
    /// Asks all questions; the answers have their order. What a server can't say of one question
    /// is that question's error and leaves the others alone. Where the server could not be asked,
    /// the call fails as a whole; nothing is tried again.
    ///
    /// Each question is answered as [`crate::Permissions::check`] answers it: a namespace that
    /// does not exist is "denied". A server's batch operation names fewer reasons than its single
    /// check does.
    #[doc(alias = "batchCheckPermission")]
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error>;
}

/// The answer to one of many questions.
pub type CheckResult = Result<Decision, CheckError>;

/// Why one of many questions has no answer. It is no allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The tuple can't be checked, such as one whose relation its namespace does not have.
    #[error("the tuple can't be checked: {reason}{}", hint_of_reason(reason))]
    Refused {
        /// What the server says of the cause.
        reason: String,
    },
    /// The tuple names something that does not exist; only [`crate::CheckedNames`] tells.
    #[error("the {kind} {name:?} does not exist")]
    UnknownName {
        /// `namespace` or `relation`.
        kind: &'static str,
        /// The name.
        name: String,
    },
}
