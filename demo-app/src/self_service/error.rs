//! The page of an error that a flow ended with.

use super::{SelfService, pages, viewer};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use kratos_client::Frontend;
use serde::Deserialize;

/// The query of the page.
#[derive(Deserialize)]
pub(super) struct ErrorQuery {
    id: Option<String>,
}

/// Shows the error that Kratos keeps by its id.
pub(super) async fn error(
    request: HttpRequest,
    app: Data<SelfService>,
    query: Query<ErrorQuery>,
) -> HttpResponse {
    let session = viewer::session(&app, &request).await;
    let error = match &query.id {
        Some(id) => app.kratos.get_flow_error(id).await.ok().and_then(|error| error.error),
        None => None,
    };
    let text = error.as_ref().and_then(|error| {
        error["reason"].as_str().or_else(|| error["message"].as_str()).map(str::to_owned)
    });
    let text = text.unwrap_or_else(|| "The reason is not known any more.".to_owned());
    pages::message(StatusCode::OK, "This did not work", &text, session.as_deref())
}
