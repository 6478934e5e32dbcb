//! A person's own sessions: list them, end one, end all others.

use super::{SelfService, pages, viewer};
use crate::error_chain::error_chain;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use kratos_client::{MySessions, PageRequest, SessionId};
use serde::Deserialize;

/// Lists the sessions of whoever is logged in.
pub(super) async fn list(request: HttpRequest, app: Data<SelfService>) -> HttpResponse {
    let (Some(cookies), Some(current)) =
        (viewer::cookies(&request), viewer::session(&app, &request).await)
    else {
        return pages::redirect("/login");
    };
    match app.kratos.list_my_sessions_page(&cookies, &PageRequest::default()).await {
        Ok(others) => pages::sessions(&current, &others.items),
        Err(error) => {
            tracing::error!("no list of sessions: {}", error_chain(&error));
            pages::not_available(Some(&current))
        }
    }
}

/// The session to end.
#[derive(Deserialize)]
pub(super) struct EndForm {
    id: String,
}

/// Ends one of the other sessions.
pub(super) async fn end(
    request: HttpRequest,
    app: Data<SelfService>,
    form: Form<EndForm>,
) -> HttpResponse {
    let Some(cookies) = viewer::cookies(&request) else { return pages::redirect("/login") };
    if !viewer::is_from_this_site(&app, &request) {
        return not_from_here();
    }
    let id = SessionId::from(form.into_inner().id);
    ended(app.kratos.disable_my_session(&cookies, &id).await)
}

/// Ends all other sessions.
pub(super) async fn end_others(request: HttpRequest, app: Data<SelfService>) -> HttpResponse {
    let Some(cookies) = viewer::cookies(&request) else { return pages::redirect("/login") };
    if !viewer::is_from_this_site(&app, &request) {
        return not_from_here();
    }
    ended(app.kratos.disable_my_other_sessions(&cookies).await.map(drop))
}

fn ended(result: Result<(), kratos_client::Error>) -> HttpResponse {
    match result {
        Ok(()) => pages::redirect("/sessions"),
        Err(error) => {
            tracing::error!("no session ended: {}", error_chain(&error));
            pages::not_available(None)
        }
    }
}

fn not_from_here() -> HttpResponse {
    let text = "End sessions by the buttons on this site.";
    pages::message(StatusCode::FORBIDDEN, "Not from here", text, None)
}
