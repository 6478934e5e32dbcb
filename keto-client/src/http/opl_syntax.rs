//! The syntax check over HTTP.

use crate::api::opl_syntax::{OplError, OplSyntax};
use crate::http::{KetoClient, wire::listed};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Request;
use ory_http::{Error, ErrorKind};
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
    /// The source goes as it is: in a JSON string, Keto finds nothing wrong with anything.
    async fn check_opl(&self, source: &str) -> Result<Vec<OplError>, Error> {
        let operation = "check OPL syntax";
        let url = self.0.opl.join(["opl", "syntax", "check"]);
        let request = Request::new(operation, Method::POST, url).text(source);
        let answer = self.0.transport.send(request).await?;
        if answer.is_no_route() {
            let problem = "it has no OPL syntax check at this address";
            return Err(Error::new(operation, ErrorKind::Unsupported { problem }));
        }
        if answer.status() != StatusCode::OK || answer.server_error().is_some() {
            return Err(answer.into_error());
        }
        // `{}` is Keto's word for a sound model. Any other object is not about a model.
        let WireErrors { errors, other } = answer.json_object()?;
        listed(&answer, errors, &other)
    }
}
