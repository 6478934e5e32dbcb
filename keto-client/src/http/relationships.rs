//! Relation tuples over HTTP.

use crate::{
    api::relationships::{ListRelationships, RelationshipPatch, Relationships, refuse_empty_query},
    http::{
        KetoClient,
        api_version::DetectedVersion,
        wire::{WireChange, WirePage, listed, query_pairs},
    },
    model::{query::RelationQuery, tuple::RelationTuple},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind, Page, PageToken};

#[async_trait]
impl Relationships for KetoClient {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        let operation = "list relation tuples";
        let read = self.read(operation)?;
        let list = read
            .request(operation, Method::GET, "/relation-tuples")
            .queries(query_pairs(&request.query))
            .query_if_set("page_size", request.page_size)
            .query_if_set("page_token", request.page_token.as_ref());
        let response = read.send(list).await?.expect(StatusCode::OK)?;
        let page: WirePage = response.json_object()?;
        let next = Some(page.next_page_token).filter(|token| !token.is_empty());
        let items = listed(&response, page.relation_tuples, &page.other)?;
        Ok(Page { items, next: next.map(PageToken::from) })
    }

    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        let operation = "create relation tuple";
        let write = self.write(operation)?;
        let request =
            |version| Ok(write.request(operation, Method::PUT, tuples_route(version)).json(tuple));
        let (_, response) = self.send_versioned(write, operation, request).await?;
        response.expect(StatusCode::CREATED).map(drop)
    }

    async fn patch_relationships(&self, changes: &[RelationshipPatch]) -> Result<(), Error> {
        self.patch("transact relation tuples", changes).await
    }

    /// Goes through the transaction, whose deletes name one tuple, and not through `DELETE`,
    /// whose parameters are a query.
    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.patch("delete relation tuple", &[RelationshipPatch::Delete(tuple.clone())]).await
    }

    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        let operation = "delete relationships";
        refuse_empty_query(operation, query)?;
        let write = self.write(operation)?;
        let request = |version| {
            if version == DetectedVersion::V0_7 && query.as_tuple().is_none() {
                let problem = "Keto v0.7 deletes whole tuples only";
                return Err(Error::new(operation, ErrorKind::Unsupported { problem }));
            }
            let request = write.request(operation, Method::DELETE, tuples_route(version));
            Ok(request.queries(query_pairs(query)).idempotent())
        };
        let (_, response) = self.send_versioned(write, operation, request).await?;
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }
}

impl KetoClient {
    async fn patch(
        &self,
        operation: &'static str,
        changes: &[RelationshipPatch],
    ) -> Result<(), Error> {
        let write = self.write(operation)?;
        let body: Vec<WireChange<'_>> = changes.iter().map(WireChange::from).collect();
        // Deleting twice has the effect of once; inserting twice leaves two tuples.
        let idempotent =
            changes.iter().all(|change| matches!(change, RelationshipPatch::Delete(_)));
        let request = |version| {
            let request =
                write.request(operation, Method::PATCH, tuples_route(version)).json(&body);
            Ok(if idempotent { request.idempotent() } else { request })
        };
        let (_, response) = self.send_versioned(write, operation, request).await?;
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }
}

fn tuples_route(version: DetectedVersion) -> &'static str {
    match version {
        DetectedVersion::Current => "/admin/relation-tuples",
        DetectedVersion::V0_7 => "/relation-tuples",
    }
}
