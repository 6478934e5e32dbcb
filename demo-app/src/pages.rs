//! What people see. Templates escape all that they are given.

use crate::request_id::REQUEST_ID;
use actix_web::HttpResponse;
use askama::Template;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use keto_client::{RelationTuple, Subject, SubjectSet, reexports::bytes::Bytes};
use kratos_client::guard::{LoginStep, Principal};
use url::Url;

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../templates/style.css");
/// The icon of all pages.
pub const ICON: &str = include_str!("../templates/icon.svg");

/// The most characters of a name that are shown.
const MAX_SHOWN: usize = 60;

/// A text, cut off if it is long.
pub(crate) fn clip(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whoever is logged in, as the header of a page shows it.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub(crate) name: String,
    pub(crate) has_pages: bool,
}

impl Viewer {
    /// Shows the email, the user name, or else the identity's id; and links to the pages of the
    /// person, if this app has them.
    pub fn new(principal: &dyn Principal, has_pages: bool) -> Self {
        let known = ["email", "username"].into_iter().find_map(|name| principal.attribute(name));
        let name = known.unwrap_or_else(|| principal.id());
        Self { name: clip(name), has_pages }
    }
}

/// A page with nothing but a message.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "message.html")]
pub struct Message<'a> {
    /// Whoever is logged in.
    pub viewer: Option<Viewer>,
    /// The title and main heading.
    pub title: &'a str,
    /// The message.
    pub text: &'a str,
    /// The id by which the log can be searched.
    pub request_id: Option<&'a str>,
    /// A page to go on to, with its name.
    pub link: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    viewer: Option<Viewer>,
    subject: String,
}

#[derive(Template)]
#[template(path = "denied.html")]
struct Denied<'a> {
    viewer: Option<Viewer>,
    subject: String,
    permission: String,
    contact: Option<&'a str>,
    grant: Option<String>,
}

#[derive(Template)]
#[template(path = "login_loop.html")]
struct CameBackInVain<'a> {
    viewer: Option<Viewer>,
    title: &'a str,
    text: &'a str,
    causes: &'a [String],
    login: &'a str,
}

/// The homepage.
pub fn home(subject: &Subject, viewer: Viewer) -> HttpResponse {
    render(&Home { viewer: Some(viewer), subject: name(subject) })
}

/// That somebody may not see the homepage, whom to ask, and the tuple that would change that.
pub fn denied(
    missing: &RelationTuple,
    contact: Option<&str>,
    viewer: Option<Viewer>,
) -> Response<Bytes> {
    let RelationTuple { namespace, object, relation, subject } = missing;
    let permission = format!("{namespace}:{object}#{relation}");
    let (subject, grant) = (name(subject), missing.try_to_string().ok());
    page(StatusCode::FORBIDDEN, &Denied { viewer, subject, permission, contact, grant })
}

/// A page with nothing but a message.
pub fn message(status: StatusCode, message: &Message<'_>) -> Response<Bytes> {
    let mut response = page(status, message);
    if let Some(Ok(id)) = message.request_id.map(HeaderValue::from_str) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// That somebody comes from the login and still lacks something, why that may be, and a link to try
/// again.
pub fn login_loop(missing: LoginStep, causes: &[String], login: &Url) -> Response<Bytes> {
    let (title, text) = match missing {
        LoginStep::Login | LoginStep::Refresh => {
            ("You are not logged in", "If you opened a bookmark or an old link, just log in.")
        }
        LoginStep::SecondFactor => (
            "A second factor is missing",
            "If you opened a bookmark or an old link, just log in with your second factor.",
        ),
    };
    page(
        StatusCode::FORBIDDEN,
        &CameBackInVain { viewer: None, title, text, causes, login: login.as_str() },
    )
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
