//! Batch checks over HTTP.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::Check,
    },
    http::{KetoClient, api_version::DetectedVersion},
    layer::batching::{self, BatchResponse, BatchState, BatchTransport},
    model::tuple::RelationTuple,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, JsonObject, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize)]
struct WireBatch<'a> {
    tuples: Vec<&'a RelationTuple>,
}

#[derive(Deserialize)]
struct WireResults {
    results: Vec<JsonObject<WireResult>>,
}

/// The result of one tuple. The server always sends `allowed`.
#[derive(Deserialize)]
struct WireResult {
    allowed: bool,
    #[serde(default)]
    error: Value,
}

impl WireResult {
    /// Returns the decision and the error, which can have any type.
    fn into_parts(self) -> (bool, String) {
        let error = match self.error {
            Value::Null => String::new(),
            Value::String(error) => error,
            other => other.to_string(),
        };
        (self.allowed, error)
    }
}

#[async_trait]
impl BatchPermissions for KetoClient {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let checks = batching::batch_check(self, checks);
        self.read(batching::OPERATION)?.with_deadline(batching::OPERATION, checks).await
    }
}

#[async_trait]
impl BatchTransport for KetoClient {
    fn batching(&self) -> &BatchState {
        &self.0.batching
    }

    async fn send_batch(
        &self,
        depth: Option<u32>,
        checks: &[&Check],
    ) -> Result<BatchResponse, Error> {
        if self.api_version().await? == DetectedVersion::V0_7 {
            return Ok(BatchResponse::Unsupported);
        }
        let read = self.read(batching::OPERATION)?;
        let body = WireBatch { tuples: checks.iter().map(|check| check.tuple()).collect() };
        let route = "/relation-tuples/batch/check";
        let request = read.request(batching::OPERATION, Method::POST, route).idempotent();
        let request = request.query_if_set("max-depth", depth).json(&body);
        let response = read.send(request).await?;
        if response.is_route_not_found() {
            // The server may have been replaced by another version.
            self.0.version.invalidate(DetectedVersion::Current);
        }
        decisions(response).map(|response| response.observed(read))
    }
}

pub(super) fn decisions(response: Response) -> Result<BatchResponse, Error> {
    if response.is_route_not_found() {
        // The first releases with the current routes have no batch operation.
        return Ok(BatchResponse::Unsupported);
    }
    let response = response.expect(StatusCode::OK)?;
    if response.server_error().is_some() {
        return Err(response.into_error());
    }
    let results = response.json_object::<WireResults>()?.results;
    Ok(BatchResponse::Results(
        results.into_iter().map(|JsonObject(result)| result.into_parts()).collect(),
    ))
}
