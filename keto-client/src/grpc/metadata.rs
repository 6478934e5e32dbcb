//! Health and version over gRPC.

use crate::grpc::transport::MAX_MESSAGE;
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
        let call = |transport| async {
            HealthClient::new(transport)
                .max_decoding_message_size(MAX_MESSAGE)
                .check(health::HealthCheckRequest {})
                .await
        };
        let response = self.read_or_write(operation)?.call(operation, true, call).await?;
        Ok(response.status() == ServingStatus::Serving)
    }
}

/// The health and version of the read API, or of the write API where the client has no other. gRPC
/// has one health check for both questions.
#[async_trait]
impl Metadata for KetoGrpcClient {
    async fn is_alive(&self) -> Result<bool, Error> {
        self.is_serving("is alive").await
    }

    async fn is_ready(&self) -> Result<bool, Error> {
        self.is_serving("is ready").await
    }

    async fn version(&self) -> Result<String, Error> {
        let call = |transport| async {
            VersionServiceClient::new(transport)
                .max_decoding_message_size(MAX_MESSAGE)
                .get_version(proto::GetVersionRequest {})
                .await
        };
        Ok(self.read_or_write("version")?.call("version", true, call).await?.version)
    }
}
