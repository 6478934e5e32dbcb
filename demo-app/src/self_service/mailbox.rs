//! The messages that the embedded Kratos would send, such as codes of recovery and verification.

use super::{SelfService, pages, viewer};
use crate::error_chain::error_chain;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use kratos_client::{Courier, ListCourierMessages};
use serde::Deserialize;

/// The number of messages on a page.
const PAGE_SIZE: u32 = 10;

/// The query of a page of a list.
#[derive(Deserialize)]
pub(super) struct PageQuery {
    /// The token of the page; the first one without it.
    pub(super) page: Option<String>,
}

/// Shows the messages, the newest first.
pub(super) async fn list(
    request: HttpRequest,
    app: Data<SelfService>,
    query: Query<PageQuery>,
) -> HttpResponse {
    let session = viewer::session(&app, &request).await;
    let messages = ListCourierMessages::new().page_size(PAGE_SIZE);
    let messages = match &query.page {
        Some(token) => messages.page_token(token.as_str()),
        None => messages,
    };
    match app.kratos.list_courier_messages_page(&messages).await {
        Ok(messages) => pages::mailbox(&messages, query.page.is_none(), session.as_deref()),
        Err(error) => {
            tracing::error!("no list of messages: {}", error_chain(&error));
            pages::not_available(&request, session.as_deref())
        }
    }
}
