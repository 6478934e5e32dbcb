//! The reasons for which a request is refused.

use crate::{api::batch::CheckError, guard::template::MissingValue, model::tuple::RelationTuple};
use http::{HeaderValue, StatusCode};
use ory_http::{
    Error,
    guard::{Problem, log_unavailable},
};

/// The reason for which a guard or an extractor refuses a request.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Keto denies what the condition requires.
    #[error("You do not have the permission.")]
    Denied {
        /// The relations of the condition that the subject does not have.
        missing: Vec<RelationTuple>,
    },
    /// Nobody is logged in.
    #[error("Log in first.")]
    NotAuthenticated,
    /// The request has no value for a placeholder of the permission, an empty one, or several.
    #[error("The request must have one value of {placeholder}.")]
    InvalidRequest {
        /// The placeholder, such as `query.id`.
        placeholder: String,
    },
    /// Keto gave no valid response.
    #[error("{NO_DECISION}")]
    Unavailable(#[source] Error),
    /// Keto could not decide a check.
    #[error("{NO_DECISION}")]
    NoDecision(#[source] CheckError),
    /// Whoever is logged in has no subject, or an error hides who that is.
    #[error("{NO_DECISION}")]
    NoSubject,
    /// An extractor on a route that no guard is around, or a placeholder that the route does not have.
    #[error("The server is not set up for this route: {problem}.")]
    NotConfigured {
        /// What is missing.
        problem: String,
    },
}

const NO_DECISION: &str = "What you may see can't be found out right now. Try again later.";

impl From<MissingValue> for Refusal {
    fn from(missing: MissingValue) -> Self {
        match missing {
            MissingValue::InRequest(placeholder) => Self::InvalidRequest { placeholder },
            MissingValue::InRoute(name) => {
                Self::NotConfigured { problem: format!("its path has no parameter {name:?}") }
            }
        }
    }
}

impl Refusal {
    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Denied { .. } => StatusCode::FORBIDDEN,
            Self::NotAuthenticated => StatusCode::UNAUTHORIZED,
            Self::InvalidRequest { .. } => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) | Self::NoDecision(_) | Self::NoSubject => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::NotConfigured { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs an error, which the response does not tell.
    pub(super) fn log(&self) {
        match self {
            Self::Unavailable(error) => log_unavailable(error),
            Self::NoDecision(error) => log_unavailable(error),
            _ => {}
        }
    }

    /// The problem that the response tells. That of a denial names the missing relations in the member
    /// `missing`, without the subject.
    pub fn problem(&self) -> Problem {
        let problem = Problem::new(self.status(), self.to_string());
        match self {
            Self::Denied { missing } => {
                let relation = |tuple: &RelationTuple| {
                    format!("{}:{}#{}", tuple.namespace, tuple.object, tuple.relation)
                };
                problem.member("missing", missing.iter().map(relation).collect::<Vec<_>>())
            }
            Self::NotAuthenticated => {
                problem.challenge(HeaderValue::from_static("Bearer realm=\"Ory Keto\""))
            }
            _ => problem,
        }
    }
}
