//! The protected homepage.

use super::{cookies, login, redirect};
use crate::{
    access::{Access, NoDecision, Outcome, decide},
    app::App,
    error_chain::error_chain,
    pages,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderValue, SET_COOKIE},
    },
    web::Data,
};

/// Shows the homepage to those who may see it, and to nobody else. It changes nothing, whatever the
/// method, so that a request that another site makes somebody's browser send does no harm.
pub async fn home(request: HttpRequest, app: Data<App>) -> HttpResponse {
    let Outcome { access, set_cookies } = decide(&app, cookies(&request)).await;
    let mut response = page(&request, &app, access);
    for cookie in set_cookies.iter() {
        if let Ok(cookie) = HeaderValue::from_bytes(cookie.as_bytes()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

fn page(request: &HttpRequest, app: &App, access: Result<Access, NoDecision>) -> HttpResponse {
    match access {
        // Nobody is to bookmark or reload the URL that says that they come from the login.
        Ok(Access::Granted(_) | Access::Denied(_)) if login::returned_from(request).is_some() => {
            redirect(&app.public_url)
        }
        Ok(Access::Granted(subject)) => pages::home(&subject),
        Ok(Access::Denied(subject)) => pages::denied(&app.permission, &subject),
        Ok(Access::Inactive) => {
            let (title, text) = ("Not active", "Your session or account is not active any more.");
            pages::message(StatusCode::FORBIDDEN, title, text)
        }
        Ok(Access::LogIn) => login::log_in(request, app),
        Ok(Access::SecondFactor(redirect_to)) => login::second_factor(request, app, redirect_to),
        Err(no_decision) => {
            tracing::error!("no decision: {}", error_chain(&no_decision));
            let (title, text) = (
                "Not available",
                "Who you are and what you may see can't be \
                found out right now. Please try again later.",
            );
            pages::message(StatusCode::SERVICE_UNAVAILABLE, title, text)
        }
    }
}
