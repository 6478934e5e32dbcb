//! Checks over gRPC.

use crate::grpc::transport::MAX_MESSAGE;
use crate::{
    api::{
        error::ErrorExt,
        permissions::{Check, Decision, Permissions},
    },
    grpc::{KetoGrpcClient, depth, proto::tuples as proto},
};
use async_trait::async_trait;
use ory_http::Error;
use proto::check_service_client::CheckServiceClient;

#[async_trait]
impl Permissions for KetoGrpcClient {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let message = proto::CheckRequest {
            tuple: Some(check.tuple().into()),
            max_depth: depth(check.max_depth),
        };
        let call = |transport| {
            let message = message.clone();
            async {
                CheckServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .check(message)
                    .await
            }
        };
        match self.read("check")?.call("check", true, call).await {
            Ok(response) if response.allowed => Ok(Decision::Allowed),
            Ok(_) => Ok(Decision::Denied),
            // Over HTTP, Keto itself makes a denial of this.
            Err(error) if error.is_unknown_namespace() => Ok(Decision::Denied),
            Err(error) => Err(error),
        }
    }
}
