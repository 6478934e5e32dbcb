//! Many checks over gRPC.

use crate::grpc::{KetoGrpcClient, depth, proto::tuples as proto};
use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::Check,
    },
    layer::batching::{self, AsksInBatches, Batch, Batching},
};
use async_trait::async_trait;
use ory_http::{Error, ErrorKind};

#[async_trait]
impl BatchPermissions for KetoGrpcClient {
    async fn check_many(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        batching::check_many(self, checks).await
    }
}

#[async_trait]
impl AsksInBatches for KetoGrpcClient {
    fn batching(&self) -> &Batching {
        &self.0.batching
    }

    async fn send_batch(&self, max_depth: Option<u32>, checks: &[&Check]) -> Result<Batch, Error> {
        let request = self.request(proto::BatchCheckRequest {
            tuples: checks.iter().map(|check| check.tuple().into()).collect(),
            max_depth: depth(max_depth),
        });
        match self.answer("check many", self.checks().batch_check(request)).await {
            Ok(answer) => {
                let results = answer.results.into_iter().map(|r| (r.allowed, r.error));
                Ok(Batch::Answered(results.collect()))
            }
            Err(error) => match error.kind() {
                ErrorKind::Unsupported { .. } => Ok(Batch::NoOperation),
                _ => Err(error),
            },
        }
    }
}
