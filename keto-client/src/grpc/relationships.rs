//! Relation tuples over gRPC.

use crate::{
    api::relationships::{ListRelationships, RelationshipPatch, Relationships, refuse_empty_query},
    grpc::{KetoGrpcClient, convert, proto::tuples as proto, transport::MAX_MESSAGE},
    model::{query::RelationQuery, tuple::RelationTuple},
};
use async_trait::async_trait;
use ory_http::{Error, Page, PageToken};
use proto::{
    read_service_client::ReadServiceClient, relation_tuple_delta::Action,
    write_service_client::WriteServiceClient,
};

#[async_trait]
impl Relationships for KetoGrpcClient {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        let operation = "list relation tuples";
        let size = request.page_size.unwrap_or(0);
        let message = proto::ListRelationTuplesRequest {
            relation_query: Some((&request.query).into()),
            page_size: i32::try_from(size).unwrap_or(i32::MAX),
            page_token: request.page_token.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        let call = |transport| {
            let message = message.clone();
            async {
                ReadServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .list_relation_tuples(message)
                    .await
            }
        };
        let page = self.read(operation)?.call(operation, true, call).await?;
        let tuples = page.relation_tuples.into_iter();
        let items: Result<_, _> = tuples.map(|tuple| convert::tuple(operation, tuple)).collect();
        let next = Some(page.next_page_token).filter(|token| !token.is_empty());
        Ok(Page { items: items?, next: next.map(PageToken::from) })
    }

    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.change("create relation tuple", &[RelationshipPatch::Insert(tuple.clone())]).await
    }

    async fn patch_relationships(&self, changes: &[RelationshipPatch]) -> Result<(), Error> {
        self.change("transact relation tuples", changes).await
    }

    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.change("delete relation tuple", &[RelationshipPatch::Delete(tuple.clone())]).await
    }

    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        let operation = "delete relationships";
        refuse_empty_query(operation, query)?;
        let message = proto::DeleteRelationTuplesRequest { relation_query: Some(query.into()) };
        let call = |transport| {
            let message = message.clone();
            async {
                WriteServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .delete_relation_tuples(message)
                    .await
            }
        };
        self.0.write.get(operation)?.call(operation, true, call).await.map(drop)
    }
}

impl KetoGrpcClient {
    async fn change(
        &self,
        operation: &'static str,
        changes: &[RelationshipPatch],
    ) -> Result<(), Error> {
        let delta = |change: &RelationshipPatch| {
            let (action, tuple) = match change {
                RelationshipPatch::Insert(tuple) => (Action::Insert, tuple),
                RelationshipPatch::Delete(tuple) => (Action::Delete, tuple),
            };
            proto::RelationTupleDelta { action: action.into(), relation_tuple: Some(tuple.into()) }
        };
        let message = proto::TransactRelationTuplesRequest {
            relation_tuple_deltas: changes.iter().map(delta).collect(),
        };
        // Deleting twice has the effect of once; inserting twice leaves two tuples.
        let idempotent =
            changes.iter().all(|change| matches!(change, RelationshipPatch::Delete(_)));
        let call = |transport| {
            let message = message.clone();
            async {
                WriteServiceClient::new(transport)
                    .max_decoding_message_size(MAX_MESSAGE)
                    .transact_relation_tuples(message)
                    .await
            }
        };
        self.0.write.get(operation)?.call(operation, idempotent, call).await.map(drop)
    }
}
