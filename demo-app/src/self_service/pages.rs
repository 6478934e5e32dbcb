//! What people see. Templates escape all that they are given.

use super::{
    form::{Form, Message, Node, forms, messages},
    kind::FlowPage,
    viewer,
};
use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, HeaderValue, LOCATION},
    },
};
use askama::Template;
use kratos_client::{
    Session,
    flow::{Flow, FlowState},
};

/// The style sheet of these pages.
pub(super) const STYLE: &str = include_str!("../../templates/self_service/pages.css");
/// Starts the server's script for passkeys and security keys.
pub(super) const SCRIPT: &str = include_str!("../../templates/self_service/passkeys.js");

#[derive(Template)]
#[template(path = "self_service/flow.html")]
struct FlowTemplate<'a> {
    viewer: Option<String>,
    title: &'static str,
    action: String,
    messages: Vec<Message>,
    forms: Vec<Form>,
    links: &'static [(&'static str, &'static str)],
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
#[template(path = "self_service/message.html")]
struct MessageTemplate<'a> {
    viewer: Option<String>,
    title: &'a str,
    text: &'a str,
    link: Option<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "self_service/sessions.html")]
struct SessionsTemplate {
    viewer: Option<String>,
    title: &'static str,
    sessions: Vec<SessionRow>,
}

struct SessionRow {
    id: Option<String>,
    device: String,
    address: String,
    since: String,
}

/// A flow's forms.
pub(super) fn flow<K: FlowPage>(flow: &Flow<K>, session: Option<&Session>) -> HttpResponse {
    let forms = forms(&flow.ui, K::FORM_PER_GROUP);
    let mut nodes = forms.iter().flat_map(|form| &form.nodes);
    let has_script = nodes.any(|node| matches!(node, Node::Script { .. }));
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let page = FlowTemplate {
        viewer: session.map(viewer::name),
        title: match &flow.state {
            Some(FlowState::PassedChallenge) if K::PATH == "/verification" => "Address verified",
            _ => K::TITLE,
        },
        action: format!("{}?flow={}", K::PATH, flow.id.as_str()),
        messages: messages(flow.ui.messages.as_deref()),
        forms,
        links: if session.is_some() { &[] } else { K::LINKS },
        has_script,
        nonce: &nonce,
    };
    let mut response = render(StatusCode::OK, &page);
    let scripts = match has_script {
        true => format!(" script-src 'nonce-{nonce}';"),
        false => String::new(),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:;{scripts} base-uri 'none'; \
         frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The current session and the others.
pub(super) fn sessions(current: &Session, others: &[Session]) -> HttpResponse {
    let row = |session: &Session, id: Option<String>| {
        let device = session.devices.iter().flatten().next_back();
        let of_device = |text: Option<&String>| match text.filter(|text| !text.is_empty()) {
            Some(text) => text.clone(),
            None => "not known".to_owned(),
        };
        SessionRow {
            id,
            device: of_device(device.and_then(|device| device.user_agent.as_ref())),
            address: of_device(device.and_then(|device| device.ip_address.as_ref())),
            since: session.authenticated_at.map_or_else(
                || "not known".to_owned(),
                |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            ),
        }
    };
    let others = others.iter().map(|session| row(session, Some(session.id.as_str().to_owned())));
    let sessions = std::iter::once(row(current, None)).chain(others).collect();
    let (viewer, title) = (Some(viewer::name(current)), "Your sessions");
    render(StatusCode::OK, &SessionsTemplate { viewer, title, sessions })
}

/// A page with nothing but a message.
pub(super) fn message(
    status: StatusCode,
    title: &str,
    text: &str,
    session: Option<&Session>,
) -> HttpResponse {
    let viewer = session.map(viewer::name);
    let link = viewer.is_none().then_some(("/login", "To the login"));
    render(status, &MessageTemplate { viewer, title, text, link })
}

/// That Kratos gives no answer.
pub(super) fn not_available(session: Option<&Session>) -> HttpResponse {
    let text = "This can't be done right now. Please try again later.";
    message(StatusCode::SERVICE_UNAVAILABLE, "Not available", text, session)
}

/// That a form is of another browser or person, or too old.
pub(super) fn not_this_browser(path: &str) -> HttpResponse {
    let page = MessageTemplate {
        viewer: None,
        title: "This form is not yours",
        text: "It was opened in another browser or by somebody else, or your cookies are gone.",
        link: Some((path, "Begin again")),
    };
    render(StatusCode::FORBIDDEN, &page)
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
    let mut response = crate::pages::render(template);
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}
