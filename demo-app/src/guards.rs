//! The guards of the app: who may see the homepage, and what all others get.

use crate::{
    app::App,
    login_causes::likely_causes,
    pages::{self, Message, Viewer},
    permission::Permission,
    request_id::{REQUEST_ID, request_id},
};
use http::{HeaderValue, Response, StatusCode, header::COOKIE, request::Parts};
use keto_client::{
    actix::{Authorization, PermissionGuard},
    guard::{CurrentPrincipal, Refusal as PermissionRefusal},
    reexports::bytes::Bytes,
};
use kratos_client::{CookieHeader, actix::SessionGuard, guard::Refusal};
use url::Url;

/// Lets those pass who are logged in, and sends all others to the login UI.
///
/// # Panics
/// If the URL of the app or of the login UI is not one that [`crate::settings`] accepts.
#[expect(clippy::expect_used, reason = "the settings accept only http and https URLs")]
pub fn sessions(app: &App) -> SessionGuard {
    let settings = app.clone();
    SessionGuard::new(app.sessions.clone(), login_url(app), &app.public_url)
        .expect("http or https URLs")
        .browsers_only()
        .on_refusal(move |refusal, request| session_page(refusal, request, &settings))
}

/// Where browsers log in.
pub fn login_url(app: &App) -> Url {
    let mut login = app.ui_url.clone();
    if let Ok(mut path) = login.path_segments_mut() {
        path.pop_if_empty().push("login");
    }
    login
}

/// Lets those pass whom Keto gives this permission.
pub fn permissions(app: &App, permission: &Permission) -> PermissionGuard {
    let settings = app.clone();
    let authorization = Authorization::with_single_checks(app.permissions.clone())
        .subject(app.subject.strategy())
        .on_refusal(move |refusal, request| permission_page(refusal, request, &settings));
    authorization.require_condition(permission.template())
}

fn session_page(refusal: &Refusal, request: &Parts, app: &App) -> Option<Response<Bytes>> {
    let (title, text) = match refusal {
        Refusal::LoginLoop { missing } => {
            let cookies = CookieHeader::from_headers(request.headers.get_all(COOKIE));
            let causes = likely_causes(*missing, &cookies.diagnose(&app.session_cookie));
            tracing::warn!("no {missing} after the login: {}", causes.join(" "));
            return Some(pages::login_loop(*missing, &causes, &app.public_url));
        }
        Refusal::Inactive => ("Not active", "Your session or account is not active any more."),
        Refusal::CrossSite => ("Not from here", "Another site sent this request."),
        Refusal::Unavailable(_) => return Some(not_available(request, app)),
        _ => return None,
    };
    let message = Message { title, text, ..Message::default() };
    Some(pages::message(StatusCode::FORBIDDEN, &message))
}

fn permission_page(
    refusal: &PermissionRefusal,
    request: &Parts,
    app: &App,
) -> Option<Response<Bytes>> {
    match refusal {
        PermissionRefusal::Denied { missing } => {
            let missing = missing.first()?;
            Some(pages::denied(missing, app.contact.as_deref(), viewer(request, app)))
        }
        _ => Some(not_available(request, app)),
    }
}

/// Whoever a session guard has found to be logged in.
fn viewer(request: &Parts, app: &App) -> Option<Viewer> {
    let CurrentPrincipal(principal) = request.extensions.get()?;
    Some(Viewer::new(&**principal, app.has_pages()))
}

/// The page for a request that can't be decided. The guard has logged the reason; this adds the id
/// that the page shows.
fn not_available(request: &Parts, app: &App) -> Response<Bytes> {
    let id = request_id(request.headers.get(REQUEST_ID).map(HeaderValue::as_bytes));
    tracing::error!(request_id = id, "the request could not be authorized");
    let message = Message {
        viewer: viewer(request, app),
        title: "Not available",
        text: "Who you are and what you may see can't be found out right now. Please try again later.",
        request_id: Some(&id),
        link: Some(("/", "Try again")),
    };
    pages::message(StatusCode::SERVICE_UNAVAILABLE, &message)
}
