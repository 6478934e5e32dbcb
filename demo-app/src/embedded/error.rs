//! The error envelope of Kratos and Keto.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Map, Value, json};

/// An error as both servers tell of it.
pub(super) struct WireError {
    pub(super) status: StatusCode,
    pub(super) id: Option<&'static str>,
    pub(super) reason: Option<String>,
    pub(super) message: &'static str,
}

impl WireError {
    pub(super) fn new(status: StatusCode, message: &'static str) -> Self {
        Self { status, id: None, reason: None, message }
    }

    pub(super) fn bad_request(reason: impl Into<String>) -> Self {
        let message = "The request was malformed or contained invalid parameters";
        Self::new(StatusCode::BAD_REQUEST, message).reason(reason)
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Unable to locate the resource")
    }

    pub(super) fn id(mut self, id: &'static str) -> Self {
        self.id = Some(id);
        self
    }

    pub(super) fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// What stands under `error`.
    pub(super) fn body(&self) -> Value {
        let mut body = Map::new();
        if let Some(id) = self.id {
            body.insert("id".into(), id.into());
        }
        body.insert("code".into(), self.status.as_u16().into());
        body.insert("status".into(), self.status.canonical_reason().into());
        if let Some(reason) = &self.reason {
            body.insert("reason".into(), reason.as_str().into());
        }
        body.insert("message".into(), self.message.into());
        body.into()
    }

    pub(super) fn response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(json!({"error": self.body()}))
    }
}

impl From<WireError> for HttpResponse {
    fn from(error: WireError) -> Self {
        error.response()
    }
}

/// `/health/alive` and `/health/ready`.
pub(super) async fn healthy() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `/version`.
pub(super) async fn version() -> HttpResponse {
    HttpResponse::Ok().json(json!({"version": concat!("embedded-", env!("CARGO_PKG_VERSION"))}))
}
