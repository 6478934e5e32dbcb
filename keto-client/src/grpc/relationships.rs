//! Relation tuples over gRPC.

use crate::grpc::{KetoGrpcClient, convert, proto::tuples as proto};
use crate::{
    api::relationships::refuse_empty_query,
    api::relationships::{Change, ListRequest, Relationships},
    model::{query::RelationQuery, tuple::RelationTuple},
};
use async_trait::async_trait;
use ory_http::{Error, Page, PageToken};
use proto::{
    read_service_client::ReadServiceClient, relation_tuple_delta::Action,
    write_service_client::WriteServiceClient,
};
use tonic::transport::Channel;

#[async_trait]
impl Relationships for KetoGrpcClient {
    async fn list_page(&self, request: &ListRequest) -> Result<Page<RelationTuple>, Error> {
        let operation = "list relation tuples";
        let size = request.page_size.unwrap_or(0);
        let message = self.request(proto::ListRelationTuplesRequest {
            relation_query: Some((&request.query).into()),
            page_size: i32::try_from(size).unwrap_or(i32::MAX),
            page_token: request.page_token.as_ref().map(ToString::to_string).unwrap_or_default(),
        });
        let mut client =
            ReadServiceClient::new(self.read()).max_decoding_message_size(self.0.limits.body_limit);
        let page = self.answer(operation, client.list_relation_tuples(message)).await?;
        let tuples = page.relation_tuples.into_iter();
        let items: Result<_, _> = tuples.map(|tuple| convert::tuple(operation, tuple)).collect();
        let next = Some(page.next_page_token).filter(|token| !token.is_empty());
        Ok(Page { items: items?, next: next.map(PageToken::from) })
    }

    async fn create(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.change("create relation tuple", &[Change::Insert(tuple.clone())]).await
    }

    async fn transact(&self, changes: &[Change]) -> Result<(), Error> {
        self.change("transact relation tuples", changes).await
    }

    async fn delete(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.change("delete relation tuple", &[Change::Delete(tuple.clone())]).await
    }

    async fn delete_everything_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        let operation = "delete everything matching";
        refuse_empty_query(operation, query)?;
        let message = proto::DeleteRelationTuplesRequest { relation_query: Some(query.into()) };
        let request = self.request(message);
        let mut client = self.writes(operation)?;
        self.answer(operation, client.delete_relation_tuples(request)).await.map(drop)
    }
}

impl KetoGrpcClient {
    async fn change(&self, operation: &'static str, changes: &[Change]) -> Result<(), Error> {
        let delta = |change: &Change| {
            let (action, tuple) = match change {
                Change::Insert(tuple) => (Action::Insert, tuple),
                Change::Delete(tuple) => (Action::Delete, tuple),
            };
            proto::RelationTupleDelta { action: action.into(), relation_tuple: Some(tuple.into()) }
        };
        let request = self.request(proto::TransactRelationTuplesRequest {
            relation_tuple_deltas: changes.iter().map(delta).collect(),
        });
        let mut client = self.writes(operation)?;
        self.answer(operation, client.transact_relation_tuples(request)).await.map(drop)
    }

    fn writes(&self, operation: &'static str) -> Result<WriteServiceClient<Channel>, Error> {
        let client = WriteServiceClient::new(self.write(operation)?);
        Ok(client.max_decoding_message_size(self.0.limits.body_limit))
    }
}
