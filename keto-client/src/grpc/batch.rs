//! Many checks over gRPC.

use super::{KetoGrpcClient, depth, proto::tuples as proto};
use crate::{
    BatchPermissions, Check, CheckResult, Error, ErrorKind,
    many::{self, AsksInBatches, Batch, Batching},
};
use async_trait::async_trait;

#[async_trait]
impl BatchPermissions for KetoGrpcClient {
    async fn check_many(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        many::check_many(self, checks).await
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
