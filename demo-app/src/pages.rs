//! What people see. Templates escape all that they are given.

use crate::{session_cookies::Missing, settings::Permission};
use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use keto_client::{Subject, SubjectSet};
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
    render(StatusCode::OK, &Home { subject: name(subject) })
}

/// That somebody may not see the homepage, and what would change that.
pub fn denied(permission: &Permission, subject: &Subject) -> HttpResponse {
    let permission = permission.of(subject.clone()).try_to_string().ok();
    render(StatusCode::FORBIDDEN, &Denied { subject: name(subject), permission })
}

/// A page with nothing but a message.
pub fn message(status: StatusCode, title: &str, text: &str) -> HttpResponse {
    render(status, &Message { title, text })
}

/// That somebody comes from the login and still lacks something, why that may be, and a link to try
/// again.
pub fn came_back_in_vain(missing: Missing, causes: &[String], login: &Url) -> HttpResponse {
    let (title, text) = match missing {
        Missing::Session => {
            ("You are not logged in", "If you opened a bookmark or an old link, just log in.")
        }
        Missing::SecondFactor => (
            "A second factor is missing",
            "If you opened a bookmark or an old link, just log in with your second factor.",
        ),
    };
    let page = CameBackInVain { title, text, causes, login: login.as_str() };
    render(StatusCode::FORBIDDEN, &page)
}

/// A template as a page.
pub(crate) fn render(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html),
        Err(error) => {
            tracing::error!("a page could not be written: {error}");
            HttpResponse::InternalServerError().finish()
        }
    }
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
