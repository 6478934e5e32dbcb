//! Errors of the evaluation of a check.

use crate::api::batch::CheckError;
use ory_http::Error;

/// The reason why a check has no decision. It must be treated as a denial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The check, or a tuple that it follows, has a relation that its namespace does not declare.
    #[error("relation {relation:?} does not exist")]
    UnknownRelation {
        /// The namespace.
        namespace: String,
        /// The relation.
        relation: String,
    },
    /// The namespace of an expansion is not declared. A check of such a namespace is a denial.
    #[error("Unknown namespace with name {namespace:?}.")]
    UnknownNamespace {
        /// The namespace.
        namespace: String,
    },
    /// The condition of a permission contains `!()`. Keto v26.2.0 accepts such a model, and panics at
    /// a check of the permission: it closes the connection, or exits if the check is in a batch.
    #[error("a condition contains `!()`, which has no value")]
    EmptyNegation,
    /// A permission refers to itself, on the same object, in an operand of `&&` or `!`. Keto v26.2.0
    /// counts no depth there: a check of such a permission never ends, and uses up the memory of the
    /// server.
    #[error("the permission {permission:?} of {namespace:?} is defined by itself")]
    EndlessRecursion {
        /// The namespace.
        namespace: String,
        /// The permission.
        permission: String,
    },
    /// The check takes more than 256 steps inside of each other, such as 128 groups in groups. Keto's
    /// default depth of 5 allows far fewer.
    #[error("the check takes too many steps inside of each other")]
    TooDeep,
    /// The check visits more relations than [`Limits::max_steps`](crate::opl::Limits::max_steps).
    #[error("the check visits more than {limit} relations")]
    TooManySteps {
        /// The limit.
        limit: usize,
    },
}

impl From<EvaluationError> for CheckError {
    fn from(error: EvaluationError) -> Self {
        Self::Refused { reason: error.to_string() }
    }
}

impl EvaluationError {
    /// The error that the traits of this crate return.
    pub(super) fn into_error(self, operation: &'static str) -> Error {
        Error::invalid_input(operation, self.to_string())
    }
}
