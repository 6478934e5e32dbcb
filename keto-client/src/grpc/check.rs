//! Checks over gRPC.

use crate::grpc::{KetoGrpcClient, depth, proto::tuples as proto};
use crate::{
    api::permissions::{Check, Decision, Permissions},
    layer::checked_names::is_unknown_namespace,
};
use async_trait::async_trait;
use ory_http::Error;
use proto::check_service_client::CheckServiceClient;
use tonic::transport::Channel;

impl KetoGrpcClient {
    pub(super) fn checks(&self) -> CheckServiceClient<Channel> {
        CheckServiceClient::new(self.read()).max_decoding_message_size(self.0.limits.body_limit)
    }
}

#[async_trait]
impl Permissions for KetoGrpcClient {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let request = self.request(proto::CheckRequest {
            tuple: Some(check.tuple().into()),
            max_depth: depth(check.max_depth),
        });
        match self.answer("check", self.checks().check(request)).await {
            Ok(answer) if answer.allowed => Ok(Decision::Allowed),
            Ok(_) => Ok(Decision::Denied),
            // Over HTTP, Keto itself makes a denial of this.
            Err(error) if is_unknown_namespace(&error) => Ok(Decision::Denied),
            Err(error) => Err(error),
        }
    }
}
