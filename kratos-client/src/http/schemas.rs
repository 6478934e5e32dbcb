//! Identity schemas over HTTP: of the public API, which has them in the same place in each dialect.

use crate::http::{
    KratosClient,
    list::{append, next_by_link},
};
use crate::{
    api::schemas::{IdentitySchema, IdentitySchemas, ListSchemas},
    model::identity::SchemaId,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Request;
use ory_http::{Error, Page};
use serde_json::Value;

#[async_trait]
impl IdentitySchemas for KratosClient {
    /// Asks with the parameters of both dialects, so that it needs no admin API to find out which
    /// one it is: v0.8 numbers its pages, and today's tokens are no numbers.
    async fn list_identity_schemas_page(
        &self,
        request: &ListSchemas,
    ) -> Result<Page<IdentitySchema>, Error> {
        let mut url = self.0.public.join(["schemas"]);
        append(&mut url, "page_size", request.page.size);
        append(&mut url, "per_page", request.page.size);
        if let Some(token) = &request.page.token {
            let number = token.as_str().parse::<u32>().is_ok();
            append(&mut url, if number { "page" } else { "page_token" }, Some(token));
        }
        let answer = self.fetch("list identity schemas", url).await?;
        next_by_link(&answer, &["page_token", "page"])
    }

    async fn get_identity_schema(&self, id: &SchemaId) -> Result<Value, Error> {
        let operation = "get identity schema";
        let url = self.0.public.join_outside(operation, &["schemas", id.as_str()])?;
        self.ask(Request::new(operation, Method::GET, url), StatusCode::OK).await
    }
}
