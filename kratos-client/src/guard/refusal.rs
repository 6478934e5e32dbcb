//! The reasons for which a request is refused.

use crate::guard::login_redirect::LoginStep;
use http::{HeaderValue, StatusCode};
use ory_http::{DecodeError, Error, guard::Problem};
use std::time::Duration;
use url::Url;

/// The reason for which a [`SessionGuard`](crate::guard::SessionGuard) or an extractor refuses a
/// request.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no session.
    #[error("Log in first.")]
    NoSession,
    /// The session lacks a second factor that Kratos or the route requires.
    #[error("Log in with a second factor.")]
    SecondFactorRequired {
        /// The URL at which a browser completes the second factor, if Kratos names one.
        redirect_to: Option<Url>,
    },
    /// The last authentication is longer ago than the route allows.
    #[error("Log in again.")]
    LoginTooOld {
        /// The age that the route allows.
        max_age: Duration,
    },
    /// A browser came back from a step of the login, or was sent to it several times, and what it was
    /// sent for is still missing. Sending it again would make a redirect loop.
    #[error("You came back from the login, and the {missing} is still missing.")]
    LoginLoop {
        /// What is missing.
        missing: LoginStep,
    },
    /// The session or its identity is not active.
    #[error("Your session or your account is not active.")]
    Inactive,
    /// A page of another site made the browser send the request.
    #[error("A page of another site sent this request.")]
    CrossSite,
    /// Kratos gave no valid response, so that nobody knows who sent the request.
    #[error("Who you are can't be found out right now. Try again later.")]
    Unavailable(#[source] Error),
    /// The identity's traits do not match the type of the extractor.
    #[error("Your account lacks data that this page needs.")]
    Traits(#[source] DecodeError),
    /// An extractor on a route that no [`SessionGuard`](crate::guard::SessionGuard) is around.
    #[error("The server is not set up for this route: no session guard is around it.")]
    NotConfigured,
}

impl Refusal {
    /// The status of the response, unless it is a redirect to the login.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NoSession | Self::SecondFactorRequired { .. } | Self::LoginTooOld { .. } => {
                StatusCode::UNAUTHORIZED
            }
            Self::LoginLoop { .. } | Self::Inactive | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Traits(_) | Self::NotConfigured => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The problem that the response tells.
    pub fn problem(&self) -> Problem {
        Problem::new(self.status(), self.to_string()).challenge(self.challenge())
    }

    /// The `WWW-Authenticate` header, which each response with status 401 needs. RFC 9470 defines
    /// those for a higher level of authentication.
    fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::NoSession => Some(HeaderValue::from_static("Bearer realm=\"Ory Kratos\"")),
            Self::SecondFactorRequired { .. } => Some(HeaderValue::from_static(
                "Bearer error=\"insufficient_user_authentication\", acr_values=\"aal2\"",
            )),
            Self::LoginTooOld { max_age } => {
                let seconds = max_age.as_secs();
                let challenge =
                    format!("Bearer error=\"insufficient_user_authentication\", max_age={seconds}");
                HeaderValue::try_from(challenge).ok()
            }
            _ => None,
        }
    }

    /// The step of the login that a browser is sent to.
    pub(super) fn login_step(&self) -> Option<LoginStep> {
        match self {
            Self::NoSession => Some(LoginStep::Login),
            Self::SecondFactorRequired { .. } => Some(LoginStep::SecondFactor),
            Self::LoginTooOld { .. } => Some(LoginStep::Refresh),
            _ => None,
        }
    }
}
