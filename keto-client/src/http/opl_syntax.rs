//! The syntax check over HTTP.

use crate::api::opl_syntax::{OplError, OplSyntax};
use crate::http::{KetoClient, wire::list_or_empty};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Error;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
struct WireErrors {
    errors: Option<Vec<OplError>>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[async_trait]
impl OplSyntax for KetoClient {
    /// Sends the source as plain text. In a JSON string, Keto would report no errors.
    async fn check_opl_syntax(&self, source: &str) -> Result<Vec<OplError>, Error> {
        let operation = "check OPL syntax";
        let syntax = self.0.syntax.get(operation)?;
        let request = syntax.request(operation, Method::POST, "/opl/syntax/check");
        let response = syntax.send(request.text(source).idempotent()).await?;
        let response = response.expect(StatusCode::OK)?;
        if response.server_error().is_some() {
            return Err(response.into_error());
        }
        // `{}` means that the model is valid. Any other object without errors is unexpected.
        let WireErrors { errors, other } = response.json_object()?;
        list_or_empty(&response, errors, &other)
    }
}
