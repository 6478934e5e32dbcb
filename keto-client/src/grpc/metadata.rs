//! Health and version over gRPC.

use crate::grpc::{
    KetoGrpcClient,
    proto::{health, tuples as proto},
};
use async_trait::async_trait;
use health::{health_check_response::ServingStatus, health_client::HealthClient};
use ory_http::{Error, Metadata};
use proto::version_service_client::VersionServiceClient;

impl KetoGrpcClient {
    async fn is_serving(&self, operation: &'static str) -> Result<bool, Error> {
        let mut client =
            HealthClient::new(self.read()).max_decoding_message_size(self.0.limits.body_limit);
        let request = self.request(health::HealthCheckRequest {});
        let answer = self.answer(operation, client.check(request)).await?;
        Ok(answer.status() == ServingStatus::Serving)
    }
}

/// The health and version of the read API. gRPC has one health check for both questions.
#[async_trait]
impl Metadata for KetoGrpcClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.is_serving("is alive").await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.is_serving("is ready").await
    }

    async fn version(&self) -> Result<String, Error> {
        let mut client = VersionServiceClient::new(self.read())
            .max_decoding_message_size(self.0.limits.body_limit);
        let request = self.request(proto::GetVersionRequest {});
        Ok(self.answer("version", client.get_version(request)).await?.version)
    }
}
