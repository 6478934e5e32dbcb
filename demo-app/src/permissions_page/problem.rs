//! Why a request is not done, as a page.

use super::pages::{self, Message};
use crate::error_chain::error_chain;
use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use keto_client::{Error, ErrorExt, ErrorKind};
use std::fmt;

/// Why a request is not done. Nothing was written, unless the text says that this is not known.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    /// The input is wrong.
    pub(super) fn input(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let title = match self.status {
            StatusCode::BAD_REQUEST => "This is not possible",
            StatusCode::CONFLICT => "Something changed",
            _ => "Not available",
        };
        pages::render(self.status, &Message { viewer: None, title, text: &self.text })
    }
}

impl From<Error> for Problem {
    /// Only what the input caused is told; the rest is logged.
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::UnknownName { kind, name } => {
                return Self::input(format!("There is no {kind} “{name}”."));
            }
            ErrorKind::NotConfigured { .. } => {
                tracing::error!("{}", error_chain(&error));
                let text = "The app is not set up for this: it does not know where Keto's API is.";
                return Self::new(StatusCode::SERVICE_UNAVAILABLE, text);
            }
            _ => {}
        }
        if error.is_unknown_namespace() {
            return Self::input("There is no such namespace.");
        }
        if error.is_subject_id_refused() {
            return Self::input("Keto takes no subject without a namespace.");
        }
        tracing::error!("{}", error_chain(&error));
        match error.status().map(|status| status.as_u16()) {
            Some(400) => Self::input("Keto refuses this."),
            _ => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Keto gives no answer. Please try again later.",
            ),
        }
    }
}
