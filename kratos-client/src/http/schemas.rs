//! [`IdentitySchemas`] over HTTP. All versions have the same routes in the public API.

use crate::{
    api::page::PageRequest,
    http::{KratosClient, list::next_by_link},
};
use crate::{
    api::schemas::{IdentitySchema, IdentitySchemas, ListSchemas},
    model::identity::SchemaId,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, Page};
use serde_json::Value;

#[async_trait]
impl IdentitySchemas for KratosClient {
    /// Sends the page parameters of both API versions, because the version can't be detected
    /// without an admin URL: a numeric page token is a page number of v0.8.
    async fn list_identity_schemas_page(
        &self,
        request: &ListSchemas,
    ) -> Result<Page<IdentitySchema>, Error> {
        let operation = "list identity schemas";
        let public = self.public(operation)?;
        let PageRequest { size, token } = &request.page;
        let number = token.as_ref().is_some_and(|token| token.as_str().parse::<u32>().is_ok());
        let list = public
            .request(operation, Method::GET, "/schemas")
            .query_if_set("page_size", *size)
            .query_if_set("per_page", *size)
            .query_if_set(if number { "page" } else { "page_token" }, token.as_ref());
        let response = public.send(list).await?.expect(StatusCode::OK)?;
        next_by_link(&response, &["page_token", "page"])
    }

    async fn get_identity_schema(&self, id: &SchemaId) -> Result<Value, Error> {
        let (operation, route) = ("get identity schema", "/schemas/{id}");
        let public = self.public(operation)?;
        let request = public.request_with(operation, Method::GET, route, &[id.as_str()])?;
        public.send(request).await?.expect(StatusCode::OK)?.json()
    }
}
