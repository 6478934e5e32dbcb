//! A person's own sessions: list them, end one, end all others.

use super::{SelfService, flows::login_for, mailbox::PageQuery, pages, viewer};
use crate::{cookies::cookies, error_chain::error_chain};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use kratos_client::{MySessions, Page, PageRequest, SessionId};
use serde::Deserialize;

/// The number of other sessions on a page.
const PAGE_SIZE: u32 = 20;

/// Lists the sessions of whoever is logged in.
pub(super) async fn list(
    request: HttpRequest,
    app: Data<SelfService>,
    query: Query<PageQuery>,
) -> HttpResponse {
    let (Some(cookies), Some(current)) = (cookies(&request), viewer::session(&app, &request).await)
    else {
        return log_in(&app);
    };
    let page = PageRequest::new().page_size(PAGE_SIZE);
    let page = match &query.page {
        Some(token) => page.page_token(token.as_str()),
        None => page,
    };
    let is_first = query.page.is_none();
    match app.kratos.list_my_sessions_page(&cookies, &page).await {
        Ok(mut others) => {
            // Kratos tells by an empty page that the one before was the last.
            if others.items.len() < PAGE_SIZE as usize {
                others.next = None;
            }
            pages::sessions(&current, &others, is_first, None)
        }
        Err(error) if error.is_unsupported() => {
            let notice = "This Kratos does not list your other sessions.";
            pages::sessions(&current, &Page::new(Vec::new(), None), is_first, Some(notice))
        }
        Err(error) => {
            tracing::error!("no list of sessions: {}", error_chain(&error));
            pages::not_available(&request, Some(&current))
        }
    }
}

/// To the login, and back to the list.
fn log_in(app: &SelfService) -> HttpResponse {
    pages::redirect(&login_for(&app.public_url, "/sessions"))
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
    let Some(cookies) = cookies(&request) else { return log_in(&app) };
    if !viewer::is_from_this_site(&app, &request) {
        return not_from_here();
    }
    let id = SessionId::from(form.into_inner().id);
    ended(&request, app.kratos.disable_my_session(&cookies, &id).await)
}

/// Ends all other sessions.
pub(super) async fn end_others(request: HttpRequest, app: Data<SelfService>) -> HttpResponse {
    let Some(cookies) = cookies(&request) else { return log_in(&app) };
    if !viewer::is_from_this_site(&app, &request) {
        return not_from_here();
    }
    ended(&request, app.kratos.disable_my_other_sessions(&cookies).await.map(drop))
}

fn ended(request: &HttpRequest, result: Result<(), kratos_client::Error>) -> HttpResponse {
    match result {
        Ok(()) => pages::redirect("/sessions"),
        Err(error) => {
            tracing::error!("no session ended: {}", error_chain(&error));
            pages::not_available(request, None)
        }
    }
}

fn not_from_here() -> HttpResponse {
    let text = "End sessions by the buttons on this site.";
    pages::message(StatusCode::FORBIDDEN, "Not from here", text, None)
}
