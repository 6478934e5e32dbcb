//! What Kratos says in its errors beyond what every Ory server does.

use crate::{
    flow::continue_with::ContinueWith,
    model::{
        error_id::ErrorId,
        violation::{Violation, violations_in},
    },
};
use http::StatusCode;
use ory_http::{Error, ServerError};
use serde_json::Value;

/// What Kratos says in its errors beyond what every Ory server does.
///
/// ```
/// use kratos_client::{Error, ErrorExt, ErrorId};
///
/// fn explain(error: &Error) -> String {
///     match error.error_id() {
///         Some(ErrorId::SecurityCsrfViolation) => "please load the page again".into(),
///         Some(ErrorId::SecurityIdentityMismatch) => "you are somebody else now".into(),
///         _ => format!("this did not work: {error}"),
///     }
/// }
/// ```
pub trait ErrorExt {
    /// The id of the error. `None` where no server answered, or none that gives a reason.
    ///
    /// Some errors have no id in some versions of Kratos: a disabled identity, a missing session,
    /// a recovery by somebody who is logged in. They are known by their fixed reasons.
    fn error_id(&self) -> Option<ErrorId>;

    /// What Kratos suggests to do next, such as to show the verification flow that it has made.
    /// Empty where it suggests nothing.
    fn continue_with(&self) -> Vec<ContinueWith>;

    /// The places at which the input violates a JSON schema, such as that of the traits. Empty
    /// where the error is another one.
    ///
    /// ```
    /// use kratos_client::{Error, ErrorExt};
    ///
    /// fn fields_to_correct(error: &Error) -> Vec<String> {
    ///     error.violations().iter().map(|violation| violation.pointer().to_owned()).collect()
    /// }
    /// ```
    fn violations(&self) -> Vec<Violation>;
}

impl ErrorExt for ServerError {
    fn error_id(&self) -> Option<ErrorId> {
        match self.id() {
            Some(id) => Some(ErrorId::from(id.to_owned())),
            None => id_of_reason(self.reason()?),
        }
    }

    fn continue_with(&self) -> Vec<ContinueWith> {
        let items = self.continue_with_json().and_then(Value::as_array);
        // What can't be read as an item is kept as `ContinueWith::Other`.
        items
            .into_iter()
            .flatten()
            .filter_map(|item| serde_json::from_value(item.clone()).ok())
            .collect()
    }

    fn violations(&self) -> Vec<Violation> {
        let reason = self.reason().filter(|_| self.status() == StatusCode::BAD_REQUEST);
        reason.map(violations_in).unwrap_or_default()
    }
}

impl ErrorExt for Error {
    fn error_id(&self) -> Option<ErrorId> {
        self.server_error()?.error_id()
    }

    fn continue_with(&self) -> Vec<ContinueWith> {
        self.server_error().map(ErrorExt::continue_with).unwrap_or_default()
    }

    fn violations(&self) -> Vec<Violation> {
        self.server_error().map(ErrorExt::violations).unwrap_or_default()
    }
}

/// The error that a reason stands for, where Kratos leaves out the id. The reasons are the same
/// in v0.8 and v26.2.
fn id_of_reason(reason: &str) -> Option<ErrorId> {
    match reason {
        "This account was disabled." => Some(ErrorId::IdentityDisabled),
        "A valid Ory Session Cookie or Ory Session Token is missing."
        | "No valid session cookie found."
        | "No valid session credentials found in the request."
        | "Please include a valid session cookie or session token when calling this endpoint."
        | "This endpoint can only be accessed with a valid session. Please log in and try again." => {
            Some(ErrorId::SessionInactive)
        }
        "A valid session was detected and thus recovery is not possible." => {
            Some(ErrorId::SessionAlreadyAvailable)
        }
        _ => None,
    }
}
