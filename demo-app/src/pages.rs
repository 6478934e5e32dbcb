//! What people see. Templates escape all that they are given.

use actix_web::HttpResponse;
use askama::Template;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use keto_client::{RelationTuple, Subject, SubjectSet, reexports::bytes::Bytes};
use kratos_client::guard::LoginStep;
use url::Url;

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../templates/style.css");

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    subject: String,
}

#[derive(Template)]
#[template(path = "denied.html")]
struct Denied {
    subject: String,
    permission: Option<String>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    title: &'a str,
    text: &'a str,
}

#[derive(Template)]
#[template(path = "came_back_in_vain.html")]
struct CameBackInVain<'a> {
    title: &'a str,
    text: &'a str,
    causes: &'a [String],
    login: &'a str,
}

/// The homepage.
pub fn home(subject: &Subject) -> HttpResponse {
    render(&Home { subject: name(subject) })
}

/// That somebody may not see the homepage, and the tuple that would change that.
pub fn denied(missing: &RelationTuple) -> Response<Bytes> {
    let permission = missing.try_to_string().ok();
    page(StatusCode::FORBIDDEN, &Denied { subject: name(&missing.subject), permission })
}

/// A page with nothing but a message.
pub fn message(status: StatusCode, title: &str, text: &str) -> Response<Bytes> {
    page(status, &Message { title, text })
}

/// That somebody comes from the login and still lacks something, why that may be, and a link to try
/// again.
pub fn came_back_in_vain(missing: LoginStep, causes: &[String], login: &Url) -> Response<Bytes> {
    let (title, text) = match missing {
        LoginStep::Login | LoginStep::Refresh => {
            ("You are not logged in", "If you opened a bookmark or an old link, just log in.")
        }
        LoginStep::SecondFactor => (
            "A second factor is missing",
            "If you opened a bookmark or an old link, just log in with your second factor.",
        ),
    };
    page(StatusCode::FORBIDDEN, &CameBackInVain { title, text, causes, login: login.as_str() })
}

/// A template as a page of an actix-web handler.
pub(crate) fn render(template: &impl Template) -> HttpResponse {
    html(template).map_or_else(
        || HttpResponse::InternalServerError().finish(),
        |html| HttpResponse::Ok().content_type(HTML).body(html),
    )
}

/// A template as a page of any framework.
fn page(status: StatusCode, template: &impl Template) -> Response<Bytes> {
    let html = html(template);
    let status = if html.is_some() { status } else { StatusCode::INTERNAL_SERVER_ERROR };
    let mut response = Response::new(html.unwrap_or_default().into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    response
}

const HTML: &str = "text/html; charset=utf-8";

fn html(template: &impl Template) -> Option<String> {
    let failed = |error| tracing::error!("a page could not be written: {error}");
    template.render().map_err(failed).ok()
}

/// The subject as the command line takes it.
fn name(subject: &Subject) -> String {
    match subject {
        Subject::Id(id) => id.to_string(),
        Subject::Set(SubjectSet { namespace, object, relation }) => match relation.as_str() {
            "" => format!("{namespace}:{object}"),
            relation => format!("{namespace}:{object}#{relation}"),
        },
    }
}
