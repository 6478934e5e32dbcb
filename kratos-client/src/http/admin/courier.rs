//! Messages over HTTP.

use crate::http::{admin::KratosClient, list::append};
use crate::{
    api::admin::courier::{Courier, ListMessages},
    model::message::{Message, MessageId},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Request;
use ory_http::{Error, Page};

#[async_trait]
impl Courier for KratosClient {
    async fn list_messages_page(&self, request: &ListMessages) -> Result<Page<Message>, Error> {
        let operation = "list courier messages";
        let mut url = self.current_admin(operation, &["courier", "messages"]).await?;
        append(&mut url, "status", request.status.as_ref().map(crate::MessageStatus::as_str));
        append(&mut url, "recipient", request.recipient.as_ref());
        self.page(operation, url, &request.page).await
    }

    async fn get_message(&self, id: &MessageId) -> Result<Message, Error> {
        let operation = "get courier message";
        let url = self.current_admin(operation, &["courier", "messages", id.as_str()]).await?;
        self.ask(Request::new(operation, Method::GET, url), StatusCode::OK).await
    }
}
