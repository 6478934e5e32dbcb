//! What Keto says in its errors beyond what every Ory server does.

use crate::api::batch::CheckError;
use http::StatusCode;
use ory_http::{Error, ErrorKind, ServerError};

/// What Keto says in its errors beyond what every Ory server does. The answers are the same over
/// HTTP and over gRPC, and `Display` of the errors says what to do.
///
/// ```
/// use keto_client::{Error, ErrorExt};
///
/// fn explain(error: &Error) -> String {
///     if error.is_unknown_namespace() {
///         "upload the permission model first".into()
///     } else if error.is_subject_id_refused() {
///         "name the subject by a subject set such as User:ann".into()
///     } else {
///         error.to_string()
///     }
/// }
/// ```
pub trait ErrorExt {
    /// Whether a namespace in the call does not exist. To Ory Network no namespace exists until a
    /// permission model is uploaded.
    fn is_unknown_namespace(&self) -> bool;

    /// Whether the server takes no subject ids, as Ory Network since 2026: a subject has to be a
    /// [`SubjectSet`](crate::SubjectSet), such as `SubjectSet::new("User", id, "")`.
    fn is_subject_id_refused(&self) -> bool;
}

/// The kind of [`ErrorKind::UnknownName`] that a namespace is.
pub(crate) const NAMESPACE: &str = "namespace";

impl ErrorExt for ServerError {
    fn is_unknown_namespace(&self) -> bool {
        // A route that is not there is a 404, too, with nothing about a namespace.
        self.status() == StatusCode::NOT_FOUND
            && self.reason().is_some_and(|reason| reason.starts_with("Unknown namespace"))
    }

    fn is_subject_id_refused(&self) -> bool {
        self.status() == StatusCode::BAD_REQUEST && self.reason().is_some_and(refuses_subject_id)
    }
}

impl ErrorExt for Error {
    fn is_unknown_namespace(&self) -> bool {
        matches!(self.kind(), ErrorKind::UnknownName { kind: NAMESPACE, .. })
            || self.server_error().is_some_and(ErrorExt::is_unknown_namespace)
    }

    fn is_subject_id_refused(&self) -> bool {
        self.server_error().is_some_and(ErrorExt::is_subject_id_refused)
    }
}

impl ErrorExt for CheckError {
    fn is_unknown_namespace(&self) -> bool {
        matches!(self, Self::UnknownName { kind: NAMESPACE, .. })
    }

    fn is_subject_id_refused(&self) -> bool {
        matches!(self, Self::Refused { reason } if refuses_subject_id(reason))
    }
}

fn refuses_subject_id(reason: &str) -> bool {
    reason.starts_with("subject_id is not supported")
}

/// What to do about an error of Keto.
pub(crate) fn hint(error: &ServerError) -> Option<&'static str> {
    if error.is_unknown_namespace() {
        Some(
            "add the namespace to the permission model: on Ory Network by `ory update opl`, \
             elsewhere in Keto's configuration",
        )
    } else if error.is_subject_id_refused() {
        Some(NO_SUBJECT_ID)
    } else {
        None
    }
}

const NO_SUBJECT_ID: &str =
    "name the subject by a subject set with an empty relation, such as User:ann";

/// What to do about the reason for which a tuple of a batch was refused, to be appended to it.
pub(crate) fn hint_of_reason(reason: &str) -> String {
    match refuses_subject_id(reason) {
        true => format!(" (hint: {NO_SUBJECT_ID})"),
        false => String::new(),
    }
}
