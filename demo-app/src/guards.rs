//! The guards of the app: who may see the homepage, and what all others get.

use crate::{app::App, login_causes::likely_causes, pages, settings::Permission};
use http::{Response, StatusCode, header::COOKIE, request::Parts};
use keto_client::{
    actix::{Authorization, PermissionGuard},
    guard::Refusal as PermissionRefusal,
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
    let mut login = app.ui_url.clone();
    if let Ok(mut path) = login.path_segments_mut() {
        path.pop_if_empty().push("login");
    }
    let (cookie, home) = (app.session_cookie.clone(), app.public_url.clone());
    SessionGuard::new(app.sessions.clone(), &login, &app.public_url)
        .expect("http or https URLs")
        .browsers_only()
        .on_refusal(move |refusal, request| session_page(refusal, request, &cookie, &home))
}

/// Lets those pass whom Keto gives this permission.
pub fn permissions(app: &App, permission: &Permission) -> PermissionGuard {
    let authorization = Authorization::with_single_checks(app.permissions.clone())
        .subject(app.subject.strategy())
        .on_refusal(|refusal, _| permission_page(refusal));
    authorization.require_condition(permission.template())
}

fn session_page(
    refusal: &Refusal,
    request: &Parts,
    session_cookie: &str,
    home: &Url,
) -> Option<Response<Bytes>> {
    let (status, title, text) = match refusal {
        Refusal::ReturnedInVain { missing } => {
            let cookies = CookieHeader::from_headers(request.headers.get_all(COOKIE));
            let causes = likely_causes(*missing, &cookies.diagnose(session_cookie));
            tracing::warn!("no {missing} after the login: {}", causes.join(" "));
            return Some(pages::came_back_in_vain(*missing, &causes, home));
        }
        Refusal::Inactive => {
            (StatusCode::FORBIDDEN, "Not active", "Your session or account is not active any more.")
        }
        Refusal::CrossSite => {
            (StatusCode::FORBIDDEN, "Not from here", "Another site sent this request.")
        }
        Refusal::Unavailable(_) => UNAVAILABLE,
        _ => return None,
    };
    Some(pages::message(status, title, text))
}

fn permission_page(refusal: &PermissionRefusal) -> Option<Response<Bytes>> {
    match refusal {
        PermissionRefusal::Denied { missing } => missing.first().map(pages::denied),
        _ => {
            let (status, title, text) = UNAVAILABLE;
            Some(pages::message(status, title, text))
        }
    }
}

const UNAVAILABLE: (StatusCode, &str, &str) = (
    StatusCode::SERVICE_UNAVAILABLE,
    "Not available",
    "Who you are and what you may see can't be found out right now. Please try again later.",
);
