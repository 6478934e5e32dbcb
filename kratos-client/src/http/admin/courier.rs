//! [`Courier`] over HTTP.

use crate::{
    api::admin::courier::{Courier, ListCourierMessages},
    http::{
        KratosClient,
        list::{next_by_link, with_page_token},
    },
    model::courier_message::{CourierMessage, CourierMessageId, CourierMessageStatus},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Endpoint, Error, Page};

#[async_trait]
impl Courier for KratosClient {
    async fn list_courier_messages_page(
        &self,
        request: &ListCourierMessages,
    ) -> Result<Page<CourierMessage>, Error> {
        let operation = "list courier messages";
        let list = |admin: &Endpoint| {
            let list = admin
                .request(operation, Method::GET, "/admin/courier/messages")
                .query_if_set("status", request.status.as_ref().map(CourierMessageStatus::as_str))
                .query_if_set("recipient", request.recipient.as_ref());
            Ok(with_page_token(list, &request.page))
        };
        let response = self.send_current_admin(operation, list).await?;
        next_by_link(&response.expect(StatusCode::OK)?, &["page_token"])
    }

    async fn get_courier_message(&self, id: &CourierMessageId) -> Result<CourierMessage, Error> {
        let operation = "get courier message";
        let route = "/admin/courier/messages/{id}";
        let get =
            |admin: &Endpoint| admin.request_with(operation, Method::GET, route, &[id.as_str()]);
        self.send_current_admin(operation, get).await?.expect(StatusCode::OK)?.json()
    }
}
