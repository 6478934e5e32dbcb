//! Batch checks over gRPC.

use crate::grpc::transport::MAX_MESSAGE_SIZE;
use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::Check,
    },
    grpc::{KetoGrpcClient, proto::tuples as proto, proto_depth},
    layer::batching::{self, BatchResponse, BatchState, BatchTransport},
};
use async_trait::async_trait;
use ory_http::{Error, ErrorKind};
use proto::check_service_client::CheckServiceClient;

#[async_trait]
impl BatchPermissions for KetoGrpcClient {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let checks = batching::batch_check(self, checks);
        self.read(batching::OPERATION)?.endpoint().with_deadline(batching::OPERATION, checks).await
    }
}

#[async_trait]
impl BatchTransport for KetoGrpcClient {
    fn batching(&self) -> &BatchState {
        &self.0.batching
    }

    async fn send_batch(
        &self,
        max_depth: Option<u32>,
        checks: &[&Check],
    ) -> Result<BatchResponse, Error> {
        let message = proto::BatchCheckRequest {
            tuples: checks.iter().map(|check| check.tuple().into()).collect(),
            max_depth: proto_depth(max_depth),
        };
        let call = |transport| {
            let message = message.clone();
            async {
                CheckServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE_SIZE)
                    .batch_check(message)
                    .await
            }
        };
        let read = self.read(batching::OPERATION)?;
        match read.call(batching::OPERATION, true, call).await {
            Ok(response) => {
                let results = response.results.into_iter().map(|r| (r.allowed, r.error));
                Ok(BatchResponse::Results(results.collect()).observed(read.endpoint()))
            }
            Err(error) => match error.kind() {
                ErrorKind::Unsupported { .. } => Ok(BatchResponse::Unsupported),
                _ => Err(error),
            },
        }
    }
}
