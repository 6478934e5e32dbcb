//! Expanding subject sets over gRPC.

use crate::grpc::transport::MAX_MESSAGE;
use crate::{
    api::expand::{Expand, ExpandRequest},
    grpc::{KetoGrpcClient, convert, depth, proto::tuples as proto},
    model::{subject::Subject, tree::SubjectTree},
};
use async_trait::async_trait;
use ory_http::Error;
use proto::expand_service_client::ExpandServiceClient;

#[async_trait]
impl Expand for KetoGrpcClient {
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
        let operation = "expand";
        let message = proto::ExpandRequest {
            subject: Some((&Subject::Set(request.set.clone())).into()),
            max_depth: depth(request.max_depth),
        };
        let call = |transport| {
            let message = message.clone();
            async {
                ExpandServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .expand(message)
                    .await
            }
        };
        let response = self.read(operation)?.call(operation, true, call).await?;
        Ok(response.tree.map(convert::tree))
    }
}
