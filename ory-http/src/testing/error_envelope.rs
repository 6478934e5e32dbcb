//! The errors of Kratos and Keto.

use super::response::json;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

/// An error in the format of Kratos and Keto: `{"error": {"code": 404, …}}`.
#[derive(Clone, Debug)]
#[must_use]
pub struct ErrorEnvelope {
    status: StatusCode,
    body: Map<String, Value>,
}

impl ErrorEnvelope {
    /// An error with a message.
    pub fn new(status: StatusCode, message: &str) -> Self {
        let error = json!({
            "code": status.as_u16(),
            "status": status.canonical_reason(),
            "message": message,
        });
        Self { status, body: Map::from_iter([("error".to_owned(), error)]) }
    }

    /// 400 with a reason.
    pub fn bad_request(reason: impl Into<String>) -> Self {
        let message = "The request was malformed or contained invalid parameters";
        Self::new(StatusCode::BAD_REQUEST, message).reason(reason)
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Unable to locate the resource")
    }

    /// Sets the field `id`.
    pub fn id(self, id: &str) -> Self {
        self.field("id", id)
    }

    /// Sets the field `reason`.
    pub fn reason(self, reason: impl Into<String>) -> Self {
        self.field("reason", reason.into())
    }

    /// Sets the field `details`.
    pub fn details(self, details: Value) -> Self {
        self.field("details", details)
    }

    fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body["error"][name] = value.into();
        self
    }

    /// Adds a field beside `error`.
    pub fn beside(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.into(), value.into());
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The value of `error`.
    pub fn error(&self) -> &Value {
        &self.body["error"]
    }

    /// The response.
    pub fn response(&self) -> Response<Bytes> {
        json(self.status, &self.body)
    }
}
