//! The details of Kratos's errors: ids, next steps and schema violations.

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

/// The details of Kratos's errors: ids, next steps and schema violations.
///
/// ```
/// use kratos_client::{Error, ErrorExt, ErrorId};
///
/// fn explain(error: &Error) -> String {
///     match error.error_id() {
///         Some(ErrorId::SecurityCsrfViolation) => "reload the page".into(),
///         Some(ErrorId::SecurityIdentityMismatch) => "you are logged in to another account".into(),
///         _ => error.to_string(),
///     }
/// }
/// ```
pub trait ErrorExt {
    /// The id of the error. `None` if the error is not from the server, or has no known id.
    ///
    /// Some versions of Kratos omit the id of some errors, such as that of a disabled identity or
    /// of a missing session. The id of these is derived from their constant reasons.
    fn error_id(&self) -> Option<ErrorId>;

    /// The next steps that Kratos suggests, such as to show a verification flow. Empty if there
    /// are none.
    fn continue_with(&self) -> Vec<ContinueWith>;

    /// The violations of a JSON Schema, such as the identity schema. Empty for other errors.
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
        // An unknown item becomes `ContinueWith::Other`.
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

/// The id of an error for which Kratos sends no id, by its reason. The reasons are the same in
/// v0.8 and v26.2.
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
