//! Checks over gRPC.

use crate::grpc::transport::MAX_MESSAGE_SIZE;
use crate::{
    api::{
        error::ErrorExt,
        permissions::{Check, Decision, Permissions},
    },
    grpc::{KetoGrpcClient, proto::tuples as proto, proto_depth},
};
use async_trait::async_trait;
use ory_http::Error;
use proto::check_service_client::CheckServiceClient;

#[async_trait]
impl Permissions for KetoGrpcClient {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let message = proto::CheckRequest {
            tuple: Some(check.tuple().into()),
            max_depth: proto_depth(check.max_depth),
        };
        let call = |transport| {
            let message = message.clone();
            async {
                CheckServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE_SIZE)
                    .check(message)
                    .await
            }
        };
        let read = self.read("check")?;
        let decision = match read.call("check", true, call).await {
            Ok(response) if response.allowed => Decision::Allowed,
            Ok(_) => Decision::Denied,
            // Over HTTP, Keto itself turns this into a denial.
            Err(error) if error.is_unknown_namespace() => Decision::Denied,
            Err(error) => return Err(error),
        };
        read.endpoint().observe_decision("check", decision.name());
        Ok(decision)
    }
}
