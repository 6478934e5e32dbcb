//! Batch checks over gRPC.

use crate::grpc::transport::MAX_MESSAGE;
use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::Check,
    },
    grpc::{KetoGrpcClient, depth, proto::tuples as proto},
    layer::batching::{self, AsksInBatches, Batch, Batching},
};
use async_trait::async_trait;
use ory_http::{Error, ErrorKind};
use proto::check_service_client::CheckServiceClient;

#[async_trait]
impl BatchPermissions for KetoGrpcClient {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let checks = batching::batch_check(self, checks);
        self.read(batching::OPERATION)?.endpoint().operation(batching::OPERATION, checks).await
    }
}

#[async_trait]
impl AsksInBatches for KetoGrpcClient {
    fn batching(&self) -> &Batching {
        &self.0.batching
    }

    async fn send_batch(&self, max_depth: Option<u32>, checks: &[&Check]) -> Result<Batch, Error> {
        let message = proto::BatchCheckRequest {
            tuples: checks.iter().map(|check| check.tuple().into()).collect(),
            max_depth: depth(max_depth),
        };
        let call = |transport| {
            let message = message.clone();
            async {
                CheckServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .batch_check(message)
                    .await
            }
        };
        match self.read(batching::OPERATION)?.call(batching::OPERATION, true, call).await {
            Ok(response) => {
                let results = response.results.into_iter().map(|r| (r.allowed, r.error));
                Ok(Batch::Answered(results.collect()))
            }
            Err(error) => match error.kind() {
                ErrorKind::Unsupported { .. } => Ok(Batch::NoOperation),
                _ => Err(error),
            },
        }
    }
}
