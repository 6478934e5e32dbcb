//! Many checks over HTTP.

use crate::http::{KetoClient, api_version::Known};
use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::Check,
    },
    layer::batching::{self, AsksInBatches, Batch, Batching},
    model::tuple::RelationTuple,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Error;
use ory_http::{JsonObject, Request, Response};
use serde::{Deserialize, Serialize};
use serde_with::{DefaultOnNull, serde_as};

#[derive(Serialize)]
struct WireBatch<'a> {
    tuples: Vec<&'a RelationTuple>,
}

#[derive(Deserialize)]
struct WireResults {
    results: Vec<JsonObject<WireResult>>,
}

/// What the server says of one tuple. It always says whether it is allowed.
#[serde_as]
#[derive(Deserialize)]
struct WireResult {
    allowed: bool,
    #[serde(default)]
    #[serde_as(as = "DefaultOnNull")]
    error: String,
}

#[async_trait]
impl BatchPermissions for KetoClient {
    async fn check_many(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        batching::check_many(self, checks).await
    }
}

#[async_trait]
impl AsksInBatches for KetoClient {
    fn batching(&self) -> &Batching {
        &self.0.batching
    }

    async fn send_batch(&self, depth: Option<u32>, checks: &[&Check]) -> Result<Batch, Error> {
        if self.dialect().await? == Known::V0_7 {
            return Ok(Batch::NoOperation);
        }
        let mut url = self.0.read.join(["relation-tuples", "batch", "check"]);
        super::append_depth(&mut url, depth);
        let body = WireBatch { tuples: checks.iter().map(|check| check.tuple()).collect() };
        let request = Request::new("check many", Method::POST, url).json(&body).repeatable();
        decisions(self.0.transport.send(request).await?)
    }
}

pub(super) fn decisions(answer: Response) -> Result<Batch, Error> {
    if answer.is_no_route() {
        // The first releases with today's routes.
        return Ok(Batch::NoOperation);
    }
    if answer.status() != StatusCode::OK || answer.server_error().is_some() {
        return Err(answer.into_error());
    }
    let results = answer.json_object::<WireResults>()?.results;
    Ok(Batch::Answered(results.into_iter().map(|JsonObject(r)| (r.allowed, r.error)).collect()))
}
