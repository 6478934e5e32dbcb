//! Expanding subject sets over gRPC.

use crate::grpc::{KetoGrpcClient, convert, depth, proto::tuples as proto};
use crate::{
    api::expand::{Expand, ExpandRequest},
    model::{subject::Subject, tree::SubjectTree},
};
use async_trait::async_trait;
use ory_http::Error;
use proto::expand_service_client::ExpandServiceClient;

#[async_trait]
impl Expand for KetoGrpcClient {
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
        let operation = "expand";
        let request = self.request(proto::ExpandRequest {
            subject: Some((&Subject::Set(request.set.clone())).into()),
            max_depth: depth(request.max_depth),
        });
        let mut client = ExpandServiceClient::new(self.read())
            .max_decoding_message_size(self.0.limits.body_limit);
        let answer = self.answer(operation, client.expand(request)).await?;
        Ok(answer.tree.map(convert::tree))
    }
}
