//! Many checks over HTTP.

use super::{KetoClient, dialect::Known};
use crate::{
    BatchPermissions, Check, CheckResult, Error, RelationTuple,
    many::{self, AsksInBatches, Batch, Batching},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Answer, Object, Request};
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct WireBatch<'a> {
    tuples: Vec<&'a RelationTuple>,
}

#[derive(Deserialize)]
struct WireResults {
    results: Vec<Object<WireResult>>,
}

#[derive(Deserialize)]
struct WireResult {
    allowed: bool,
    #[serde(default)]
    error: String,
}

#[async_trait]
impl BatchPermissions for KetoClient {
    async fn check_many(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        many::check_many(self, checks).await
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

pub(super) fn decisions(answer: Answer) -> Result<Batch, Error> {
    if answer.is_no_route() {
        // The first releases with today's routes.
        return Ok(Batch::NoOperation);
    }
    if answer.status() != StatusCode::OK || answer.server_error().is_some() {
        return Err(answer.into_error());
    }
    let results = answer.json_object::<WireResults>()?.results;
    Ok(Batch::Answered(results.into_iter().map(|Object(r)| (r.allowed, r.error)).collect()))
}
