//! Relation tuples over HTTP.

use crate::http::{
    KetoClient,
    api_version::Known,
    wire::{WireChange, WirePage, append_page, append_query, listed},
};
use crate::{
    api::relationships::refuse_empty_query,
    api::relationships::{Change, ListRequest, Relationships},
    model::{query::RelationQuery, tuple::RelationTuple},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind, Page, PageToken};
use ory_http::{Request, Response};
use url::Url;

#[async_trait]
impl Relationships for KetoClient {
    async fn list_page(&self, request: &ListRequest) -> Result<Page<RelationTuple>, Error> {
        let mut url = self.0.read.join(["relation-tuples"]);
        append_query(&mut url, &request.query);
        append_page(&mut url, request.page_size, request.page_token.as_ref());
        let request = Request::new("list relation tuples", Method::GET, url);
        let answer = self.0.transport.send(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(answer.into_error());
        }
        let page: WirePage = answer.json_object()?;
        let next = Some(page.next_page_token).filter(|token| !token.is_empty());
        let items = listed(&answer, page.relation_tuples, &page.other)?;
        Ok(Page { items, next: next.map(PageToken::from) })
    }

    async fn create(&self, tuple: &RelationTuple) -> Result<(), Error> {
        let operation = "create relation tuple";
        let url = self.tuples_url(operation).await?;
        let request = Request::new(operation, Method::PUT, url).json(tuple);
        expect_status(self.0.transport.send(request).await?, StatusCode::CREATED)
    }

    async fn transact(&self, changes: &[Change]) -> Result<(), Error> {
        self.patch("transact relation tuples", changes).await
    }

    /// Goes through the transaction, whose deletes name one tuple, and not through `DELETE`,
    /// whose parameters are a query.
    async fn delete(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.patch("delete relation tuple", &[Change::Delete(tuple.clone())]).await
    }

    async fn delete_everything_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        let operation = "delete everything matching";
        refuse_empty_query(operation, query)?;
        let mut url = self.tuples_url(operation).await?;
        if self.dialect().await? == Known::V0_7 && query.as_tuple().is_none() {
            let problem = "v0.7 deletes whole tuples only";
            return Err(Error::new(operation, ErrorKind::Unsupported { problem }));
        }
        append_query(&mut url, query);
        let request = Request::new(operation, Method::DELETE, url).repeatable();
        expect_status(self.0.transport.send(request).await?, StatusCode::NO_CONTENT)
    }
}

impl KetoClient {
    async fn patch(&self, operation: &'static str, changes: &[Change]) -> Result<(), Error> {
        let url = self.tuples_url(operation).await?;
        let body: Vec<WireChange<'_>> = changes.iter().map(WireChange::from).collect();
        let mut request = Request::new(operation, Method::PATCH, url).json(&body);
        if changes.iter().all(|change| matches!(change, Change::Delete(_))) {
            // Deleting twice comes to the same; inserting twice leaves two tuples.
            request = request.repeatable();
        }
        expect_status(self.0.transport.send(request).await?, StatusCode::NO_CONTENT)
    }

    async fn tuples_url(&self, operation: &'static str) -> Result<Url, Error> {
        let write = self.write_url(operation)?;
        Ok(match self.dialect().await? {
            Known::Current => write.join(["admin", "relation-tuples"]),
            Known::V0_7 => write.join(["relation-tuples"]),
        })
    }
}

fn expect_status(answer: Response, expected: StatusCode) -> Result<(), Error> {
    if answer.status() == expected { Ok(()) } else { Err(answer.into_error()) }
}
