//! Logging out.

use super::{cookies, redirect};
use crate::{app::App, causes::causes, pages};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Data,
};
use kratos_client::{ErrorKind, LogoutOptions};
use url::Url;

/// Sends the browser to Kratos, which ends the session and sends it back here.
pub async fn logout(request: HttpRequest, app: Data<App>) -> HttpResponse {
    if !from_this_site(&request) {
        let (title, text) = ("Not from here", "Log out by the button on this site.");
        return pages::message(StatusCode::FORBIDDEN, title, text);
    }
    let Some(cookies) = cookies(&request) else { return redirect(&app.public_url) };
    let options = LogoutOptions::new().return_to(app.public_url.clone());
    match app.logout.logout_url(&cookies, &options).await {
        Ok(Some(url)) => redirect(url.expose()),
        Ok(None) => redirect(&app.public_url),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput { .. }) => {
            redirect(&app.public_url)
        }
        Err(error) => {
            tracing::error!("no log-out: {}", causes(&error));
            let (title, text) = ("Not available", "You are still logged in. Please try again.");
            pages::message(StatusCode::SERVICE_UNAVAILABLE, title, text)
        }
    }
}

/// Whether a form of this site sent the request: the browser says so, or its origin is the host
/// that it asks. Another site can forge neither.
pub(crate) fn from_this_site(request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    match header(header::HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == "same-origin",
        None => {
            let origin = header(header::ORIGIN).and_then(|origin| Url::parse(origin).ok());
            let host = header(header::HOST);
            host.is_some() && origin.as_ref().map(Url::authority) == host
        }
    }
}
