//! Namespaces and permission models over gRPC.

use crate::grpc::transport::MAX_MESSAGE;
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
        let call = |transport| async {
            let mut client =
                NamespacesServiceClient::new(transport).max_decoding_message_size(MAX_MESSAGE);
            client.list_namespaces(proto::ListNamespacesRequest {}).await
        };
        let response = self.read("list namespaces")?.call("list namespaces", true, call).await?;
        Ok(response.namespaces.into_iter().map(|namespace| namespace.name.into()).collect())
    }
}

#[async_trait]
impl OplSyntax for KetoGrpcClient {
    async fn check_opl_syntax(&self, source: &str) -> Result<Vec<OplError>, Error> {
        let message = opl::CheckRequest { content: source.as_bytes().to_vec() };
        let call = |transport| {
            let message = message.clone();
            async {
                SyntaxServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .check(message)
                    .await
            }
        };
        let response =
            self.0.syntax.get("check OPL syntax")?.call("check OPL syntax", true, call).await?;
        let position = |at: Option<opl::SourcePosition>| {
            let opl::SourcePosition { line, column } = at.unwrap_or_default();
            OplPosition { line, column }
        };
        let error = |error: opl::ParseError| OplError {
            message: error.message,
            start: position(error.start),
            end: position(error.end),
        };
        Ok(response.parse_errors.into_iter().map(error).collect())
    }
}
