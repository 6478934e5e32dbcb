//! Namespaces and permission models over gRPC.

use crate::grpc::{
    KetoGrpcClient,
    proto::{opl, tuples as proto},
};
use crate::{
    api::{
        namespaces::Namespaces,
        opl_syntax::{OplError, OplPosition, OplSyntax},
    },
    model::name::Namespace,
};
use async_trait::async_trait;
use opl::syntax_service_client::SyntaxServiceClient;
use ory_http::Error;
use proto::namespaces_service_client::NamespacesServiceClient;

#[async_trait]
impl Namespaces for KetoGrpcClient {
    async fn list_namespaces(&self) -> Result<Vec<Namespace>, Error> {
        let mut client = NamespacesServiceClient::new(self.read())
            .max_decoding_message_size(self.0.limits.body_limit);
        let request = self.request(proto::ListNamespacesRequest {});
        let answer = self.answer("list namespaces", client.list_namespaces(request)).await?;
        Ok(answer.namespaces.into_iter().map(|namespace| namespace.name.into()).collect())
    }
}

#[async_trait]
impl OplSyntax for KetoGrpcClient {
    async fn check_opl(&self, source: &str) -> Result<Vec<OplError>, Error> {
        let mut client = SyntaxServiceClient::new(self.opl())
            .max_decoding_message_size(self.0.limits.body_limit);
        let request = self.request(opl::CheckRequest { content: source.as_bytes().to_vec() });
        let answer = self.answer("check OPL syntax", client.check(request)).await?;
        let position = |at: Option<opl::SourcePosition>| {
            let opl::SourcePosition { line, column } = at.unwrap_or_default();
            OplPosition { line, column }
        };
        let error = |error: opl::ParseError| OplError {
            message: error.message,
            start: position(error.start),
            end: position(error.end),
        };
        Ok(answer.parse_errors.into_iter().map(error).collect())
    }
}
