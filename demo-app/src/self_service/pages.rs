//! What people see. Templates escape all that they are given.

use super::{
    form::{Form, Message, Node, forms, messages},
    kind::FlowPage,
};
use crate::{
    pages::{self, Viewer},
    request_id::{REQUEST_ID, request_id},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, LOCATION},
    },
};
use askama::Template;
use kratos_client::reexports::jiff::Timestamp;
use kratos_client::{
    AuthenticatorAssuranceLevel, CourierMessage, Page, PageToken, Session,
    flow::{Flow, FlowState},
};

/// Starts the server's script for passkeys and security keys.
pub(super) const SCRIPT: &str = include_str!("../../templates/self_service/passkeys.js");

#[derive(Template)]
#[template(path = "self_service/flow.html")]
struct FlowTemplate<'a> {
    viewer: Option<Viewer>,
    title: &'static str,
    action: String,
    messages: Vec<Message>,
    forms: Vec<Form>,
    links: &'static [(&'static str, &'static str)],
    /// Whether the header has no button for that, because somebody is not yet logged in.
    can_log_out: bool,
    has_mailbox: bool,
    has_script: bool,
    nonce: &'a str,
}

impl FlowTemplate<'_> {
    /// Errors of fields, with the id of their field and its label.
    fn field_errors(&self) -> Vec<(&str, &str, &str)> {
        let nodes = self.forms.iter().flat_map(|form| &form.nodes);
        let fields = nodes.filter_map(|node| match node {
            Node::Field(field) | Node::Checkbox { field, .. } | Node::Select { field, .. } => {
                Some(field)
            }
            _ => None,
        });
        fields
            .flat_map(|field| {
                let errors = field.messages.iter().filter(|message| message.is_error);
                errors.map(|error| (field.id.as_str(), field.label.as_str(), error.text.as_str()))
            })
            .collect()
    }

    fn has_errors(&self) -> bool {
        self.messages.iter().any(|message| message.is_error) || !self.field_errors().is_empty()
    }
}

#[derive(Template)]
#[template(path = "self_service/sessions.html")]
struct SessionsTemplate<'a> {
    viewer: Option<Viewer>,
    notice: Option<&'a str>,
    sessions: Vec<SessionRow>,
    is_first: bool,
    next: Option<&'a str>,
}

struct SessionRow {
    id: Option<String>,
    device: String,
    address: String,
    since: String,
}

#[derive(Template)]
#[template(path = "self_service/mailbox.html")]
struct MailboxTemplate<'a> {
    viewer: Option<Viewer>,
    messages: Vec<MailView<'a>>,
    is_first: bool,
    next: Option<&'a str>,
}

struct MailView<'a> {
    subject: &'a str,
    recipient: &'a str,
    sent_at: String,
    body: &'a str,
}

impl<'a> MailView<'a> {
    fn of(message: &'a CourierMessage) -> Self {
        Self {
            subject: &message.subject,
            recipient: &message.recipient,
            sent_at: time(message.created_at),
            body: message.body.trim(),
        }
    }
}

/// A flow's forms.
pub(super) fn flow<K: FlowPage>(
    flow: &Flow<K>,
    session: Option<&Session>,
    has_mailbox: bool,
) -> HttpResponse {
    let is_second_factor = flow.requested_aal == Some(AuthenticatorAssuranceLevel::Aal2);
    let forms = forms(&flow.ui, K::FORM_PER_GROUP || is_second_factor);
    let mut nodes = forms.iter().flat_map(|form| &form.nodes);
    let has_script = nodes.any(|node| matches!(node, Node::Script { .. }));
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let page = FlowTemplate {
        viewer: session.map(viewer),
        title: match &flow.state {
            Some(FlowState::PassedChallenge) if K::PATH == "/verification" => "Address verified",
            _ if is_second_factor => "Second factor",
            _ => K::TITLE,
        },
        action: format!("{}?flow={}", K::PATH, flow.id.as_str()),
        messages: messages(flow.ui.messages.as_deref()),
        forms,
        links: if session.is_some() || is_second_factor { &[] } else { K::LINKS },
        can_log_out: is_second_factor && session.is_none(),
        has_mailbox: has_mailbox && K::SENDS_CODES,
        has_script,
        nonce: &nonce,
    };
    let mut response = render(StatusCode::OK, &page);
    let scripts = match has_script {
        true => format!(" script-src 'nonce-{nonce}';"),
        false => String::new(),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' data:;{scripts} base-uri 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The current session and a page of the others.
pub(super) fn sessions(
    current: &Session,
    others: &Page<Session>,
    is_first: bool,
    notice: Option<&str>,
) -> HttpResponse {
    let current_row = is_first.then(|| session_row(current, None));
    let id = |session: &Session| Some(session.id.as_str().to_owned());
    let others_rows = others.items.iter().map(|session| session_row(session, id(session)));
    let sessions = current_row.into_iter().chain(others_rows).collect();
    let (viewer, next) = (Some(viewer(current)), others.next.as_ref().map(PageToken::as_str));
    render(StatusCode::OK, &SessionsTemplate { viewer, notice, sessions, is_first, next })
}

fn session_row(session: &Session, id: Option<String>) -> SessionRow {
    let device = session.devices.iter().flatten().next_back();
    let known = |text: Option<&String>| match text.filter(|text| !text.is_empty()) {
        Some(text) => text.clone(),
        None => "not known".to_owned(),
    };
    SessionRow {
        id,
        device: known(device.and_then(|device| device.user_agent.as_ref())),
        address: known(device.and_then(|device| device.ip_address.as_ref())),
        since: time(session.authenticated_at),
    }
}

fn time(time: Option<Timestamp>) -> String {
    let text = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    time.map_or_else(|| "not known".to_owned(), text)
}

/// A page of the messages that the embedded server would send.
pub(super) fn mailbox(
    messages: &Page<CourierMessage>,
    is_first: bool,
    session: Option<&Session>,
) -> HttpResponse {
    let next = messages.next.as_ref().map(PageToken::as_str);
    let (viewer, messages) =
        (session.map(viewer), messages.items.iter().map(MailView::of).collect());
    render(StatusCode::OK, &MailboxTemplate { viewer, messages, is_first, next })
}

fn viewer(session: &Session) -> Viewer {
    Viewer::new(session, true)
}

/// A page with nothing but a message.
pub(super) fn message(
    status: StatusCode,
    title: &str,
    text: &str,
    session: Option<&Session>,
) -> HttpResponse {
    let viewer = session.map(viewer);
    let link = viewer.is_none().then_some(("/login", "To the login"));
    render(status, &pages::Message { viewer, title, text, link, request_id: None })
}

/// That Kratos gives no answer, with an id by which the log tells more.
pub(super) fn not_available(request: &HttpRequest, session: Option<&Session>) -> HttpResponse {
    let id = request_id(request.headers().get(REQUEST_ID).map(HeaderValue::as_bytes));
    tracing::error!(request_id = id, "the page {} is not available", request.path());
    let page = pages::Message {
        viewer: session.map(viewer),
        title: "Not available",
        text: "This can't be done right now. Please try again later.",
        request_id: Some(&id),
        link: Some((request.path(), "Try again")),
    };
    let mut response = render(StatusCode::SERVICE_UNAVAILABLE, &page);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static(REQUEST_ID), id);
    }
    response
}

/// That a form is of another browser or person, or too old.
pub(super) fn not_this_browser(path: &str) -> HttpResponse {
    let page = pages::Message {
        title: "This form is not yours",
        text: "It was opened in another browser, by somebody else, or before you logged in or out, or \
               your cookies are gone.",
        link: Some((path, "Begin again")),
        ..pages::Message::default()
    };
    render(StatusCode::FORBIDDEN, &page)
}

/// That a form was sent too late, with the path of a new one.
pub(super) fn expired(path: &str) -> HttpResponse {
    let page = pages::Message {
        title: "This form has expired",
        text: "It was open for too long, so nothing was changed.",
        link: Some((path, "Begin again")),
        ..pages::Message::default()
    };
    render(StatusCode::GONE, &page)
}

/// That the page to return to is not allowed.
pub(super) fn return_to_forbidden() -> HttpResponse {
    let text = "The link that you followed leads to a page that is not allowed.";
    message(StatusCode::BAD_REQUEST, "Not allowed", text, None)
}

/// That the server has this kind of flow turned off.
pub(super) fn disabled_flow() -> HttpResponse {
    let text = "The administrator has turned this page off.";
    message(StatusCode::NOT_FOUND, "Not available", text, None)
}

/// That an account is disabled.
pub(super) fn disabled() -> HttpResponse {
    message(StatusCode::FORBIDDEN, "You can't log in", "This account was disabled.", None)
}

/// That somebody tries too often.
pub(super) fn too_many() -> HttpResponse {
    let text = "There were too many attempts. Please wait a minute and try again.";
    message(StatusCode::TOO_MANY_REQUESTS, "Too many attempts", text, None)
}

/// Sends the browser on, to fetch the page.
pub(crate) fn redirect(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
}

/// A template as a page with this status.
pub(crate) fn render(status: StatusCode, template: &impl Template) -> HttpResponse {
    let mut response = pages::render(template);
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}
