//! gRPC's statuses as the errors of every operation.

use crate::{api::error::hint, grpc::proto::rpc};
use http::StatusCode;
use ory_http::{Endpoint, Error, ErrorKind, HttpServiceError, HttpServiceErrorKind, ServerError};
use prost::Message;
use std::error::Error as StdError;
use tonic::{Code, Status};

/// The error that a call came to.
pub(super) fn from_status(endpoint: &Endpoint, operation: &'static str, status: &Status) -> Error {
    Error::new(operation, kind(endpoint, status))
}

fn kind(endpoint: &Endpoint, status: &Status) -> ErrorKind {
    if let Some(source) = status.source() {
        // The call did not come to a response of the server's.
        let mut causes = std::iter::successors(Some(source), |&cause| cause.source());
        let failed = causes.find_map(|cause| cause.downcast_ref::<HttpServiceError>());
        let kind = failed.map_or(HttpServiceErrorKind::Interrupted, HttpServiceError::kind);
        return endpoint.failure(kind, status.message().to_owned().into());
    }
    match status.code() {
        Code::Unimplemented => {
            let problem = "it has no such operation over gRPC; check the port of the URL and the \
                           version of the server";
            ErrorKind::Unsupported { problem }
        }
        code => {
            let (status_code, name) = meaning(code);
            let reason = reason(status).unwrap_or_else(|| status.message().to_owned());
            let error = ServerError::from_grpc(status_code, name, reason)
                .with_retry_after(&status.metadata().clone().into_headers())
                .with_hint(hint);
            ErrorKind::Server(Box::new(error))
        }
    }
}

/// What Keto says of the cause, which over HTTP is the error's reason.
fn reason(status: &Status) -> Option<String> {
    let details = rpc::Status::decode(status.details()).ok()?.details;
    let info = details.iter().find(|detail| detail.type_url.ends_with("/google.rpc.ErrorInfo"))?;
    let reason = rpc::ErrorInfo::decode(info.value.as_slice()).ok()?.reason;
    Some(reason).filter(|reason| !reason.is_empty())
}

/// The HTTP status that means the same, and the code's name.
///
/// See <https://grpc.io/docs/guides/status-codes/>.
fn meaning(code: Code) -> (StatusCode, &'static str) {
    match code {
        Code::InvalidArgument => (StatusCode::BAD_REQUEST, "INVALID_ARGUMENT"),
        Code::FailedPrecondition => (StatusCode::BAD_REQUEST, "FAILED_PRECONDITION"),
        Code::OutOfRange => (StatusCode::BAD_REQUEST, "OUT_OF_RANGE"),
        Code::Unauthenticated => (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        Code::PermissionDenied => (StatusCode::FORBIDDEN, "PERMISSION_DENIED"),
        Code::NotFound => (StatusCode::NOT_FOUND, "NOT_FOUND"),
        Code::AlreadyExists => (StatusCode::CONFLICT, "ALREADY_EXISTS"),
        Code::Aborted => (StatusCode::CONFLICT, "ABORTED"),
        Code::ResourceExhausted => (StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED"),
        Code::Unimplemented => (StatusCode::NOT_IMPLEMENTED, "UNIMPLEMENTED"),
        Code::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"),
        Code::DeadlineExceeded => (StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED"),
        Code::Cancelled => (StatusCode::INTERNAL_SERVER_ERROR, "CANCELLED"),
        Code::DataLoss => (StatusCode::INTERNAL_SERVER_ERROR, "DATA_LOSS"),
        Code::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        Code::Ok | Code::Unknown => (StatusCode::INTERNAL_SERVER_ERROR, "UNKNOWN"),
    }
}
