//! Errors that are specific to Keto.

use http::StatusCode;
use ory_http::{Error, ErrorKind, ServerError};

/// Predicates for errors that are specific to Keto, over HTTP and gRPC. `Display` of these errors
/// contains a hint about what to do.
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
    /// Whether a namespace in the call does not exist. On Ory Network, no namespace exists until a
    /// permission model is uploaded.
    fn is_unknown_namespace(&self) -> bool;

    /// Whether the server rejects subject ids, as Ory Network does since 2026: a subject must be a
    /// [`SubjectSet`](crate::SubjectSet), such as `SubjectSet::new("User", id, "")`.
    fn is_subject_id_refused(&self) -> bool;

    /// Whether the server could not decide a check, because it reached its limit on the depth, the
    /// width or the number of steps of the search. It must be treated as a denial.
    ///
    /// Versions after Keto v26.2 return this in strict mode
    /// (`namespaces.experimental_strict_mode`). Without strict mode, and in v26.2 and earlier, such a
    /// check is a denial that can't be told apart.
    fn is_check_limit_exceeded(&self) -> bool;
}

/// The kind of a namespace in [`ErrorKind::UnknownName`].
pub(crate) const NAMESPACE: &str = "namespace";

impl ErrorExt for ServerError {
    fn is_unknown_namespace(&self) -> bool {
        // A missing route is a 404 with another reason.
        self.status() == StatusCode::NOT_FOUND
            && self.reason().is_some_and(|reason| reason.starts_with("Unknown namespace"))
    }

    fn is_subject_id_refused(&self) -> bool {
        self.status() == StatusCode::BAD_REQUEST && self.reason().is_some_and(refuses_subject_id)
    }

    fn is_check_limit_exceeded(&self) -> bool {
        // Over gRPC the status is FAILED_PRECONDITION, which corresponds to 400.
        let is_refusal =
            matches!(self.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST);
        is_refusal && self.reason().is_some_and(names_check_limit)
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

    fn is_check_limit_exceeded(&self) -> bool {
        self.server_error().is_some_and(ErrorExt::is_check_limit_exceeded)
    }
}

pub(crate) fn refuses_subject_id(reason: &str) -> bool {
    reason.starts_with("subject_id is not supported")
}

/// Whether a reason names a limit that a check reached.
pub(crate) fn names_check_limit(reason: &str) -> bool {
    matches!(reason, "max_depth_exceeded" | "max_width_exceeded" | "max depth reached")
        || reason.starts_with("The check was aborted after too many resolution steps")
}

/// Returns what to do about an error of Keto.
pub(crate) fn hint(error: &ServerError) -> Option<&'static str> {
    if error.is_unknown_namespace() {
        Some(
            "add the namespace to the permission model: on Ory Network by `ory update opl`, \
             elsewhere in Keto's configuration",
        )
    } else if error.is_subject_id_refused() {
        Some(NO_SUBJECT_ID)
    } else if error.is_check_limit_exceeded() {
        Some(CHECK_LIMIT)
    } else {
        None
    }
}

const NO_SUBJECT_ID: &str =
    "name the subject by a subject set with an empty relation, such as User:ann";

const CHECK_LIMIT: &str = "raise limit.max_read_depth or limit.max_read_width of Keto, or the maximum \
                           depth of the check";

/// Returns what to do about a refused check of a batch, to be appended to its reason.
pub(crate) fn hint_of_reason(reason: &str) -> String {
    match refuses_subject_id(reason) {
        true => format!(" (hint: {NO_SUBJECT_ID})"),
        false => String::new(),
    }
}
