//! Sending people to log in, once.
//!
//! Whoever comes back from the login and still has no session would be sent on for ever if nobody
//! noticed: Kratos sends people who are logged in straight back. So the URL that they come back to
//! says where they have been, and what they get then is a page with the likely causes and a link to
//! click. Where that URL gets lost on the way (a login UI that ignores `return_to`), a cookie that
//! counts ends it.

use super::redirect;
use crate::{
    app::App,
    pages,
    session_cookies::{Missing, SessionCookies},
};
use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use url::{Url, form_urlencoded};

/// Query parameter of the URL that people come back to.
const RETURNED_FROM: &str = "returned_from";
/// Cookie that counts how often a browser was sent to log in lately.
const ATTEMPTS: &str = "demo_app_login_attempts";
const ATTEMPTS_LIFESPAN: Duration = Duration::minutes(1);
/// More than a person needs who opens the page several times in a row.
const MAX_ATTEMPTS: u32 = 5;

/// What people are sent for. The second factor comes after the login, never before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Login,
    SecondFactor,
}

impl Step {
    const ALL: [Self; 2] = [Self::Login, Self::SecondFactor];

    fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::SecondFactor => "second-factor",
        }
    }
}

/// Which step the request comes back from, if it does.
pub(super) fn returned_from(request: &HttpRequest) -> Option<Step> {
    let query = form_urlencoded::parse(request.query_string().as_bytes());
    let values = query.filter(|(name, _)| name == RETURNED_FROM).map(|(_, value)| value);
    values.filter_map(|value| Step::ALL.into_iter().find(|step| step.name() == value)).max()
}

/// Sends the browser to log in, or tells why that has not helped.
pub(super) fn log_in(request: &HttpRequest, app: &App) -> HttpResponse {
    let url = login_page(app);
    send(request, app, Step::Login, url)
}

/// Sends the browser to give a second factor where Kratos says, or tells why that has not helped.
pub(super) fn second_factor(
    request: &HttpRequest,
    app: &App,
    redirect_to: Option<Url>,
) -> HttpResponse {
    let url = redirect_to.unwrap_or_else(|| {
        let mut url = login_page(app);
        url.query_pairs_mut().append_pair("aal", "aal2");
        url
    });
    send(request, app, Step::SecondFactor, url)
}

fn send(request: &HttpRequest, app: &App, step: Step, mut url: Url) -> HttpResponse {
    let attempts = attempts(request);
    if returned_from(request) >= Some(step) || attempts >= MAX_ATTEMPTS {
        return came_back_in_vain(request, app, step);
    }
    let mut return_to = app.public_url.clone();
    return_to.query_pairs_mut().append_pair(RETURNED_FROM, step.name());
    url.query_pairs_mut().append_pair("return_to", return_to.as_str());
    let mut response = redirect(&url);
    set_attempts(&mut response, app, attempts + 1);
    response
}

fn came_back_in_vain(request: &HttpRequest, app: &App, step: Step) -> HttpResponse {
    let missing = match step {
        Step::Login => Missing::Session,
        Step::SecondFactor => Missing::SecondFactor,
    };
    let causes = SessionCookies::of(request, &app.session_cookie).likely_causes(missing);
    tracing::warn!("no {missing} after the login: {}", causes.join(" "));
    let mut response = pages::came_back_in_vain(missing, &causes, &app.public_url);
    // Who clicks the link on that page begins anew.
    set_attempts(&mut response, app, 0);
    response
}

fn login_page(app: &App) -> Url {
    let mut url = app.ui_url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push("login");
    }
    url
}

fn attempts(request: &HttpRequest) -> u32 {
    let cookie = request.cookie(ATTEMPTS);
    cookie.and_then(|cookie| cookie.value().parse().ok()).unwrap_or_default()
}

fn set_attempts(response: &mut HttpResponse, app: &App, attempts: u32) {
    let mut cookie = Cookie::build(ATTEMPTS, attempts.to_string())
        .path("/")
        .max_age(ATTEMPTS_LIFESPAN)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.public_url.scheme() == "https")
        .finish();
    if attempts == 0 {
        cookie.make_removal();
    }
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!("a cookie could not be set: {error}");
    }
}
