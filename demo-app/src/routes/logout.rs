//! Logging out.

use crate::{
    app::App,
    cookies::cookies,
    error_chain::error_chain,
    pages::{self, Message},
    request_id::{REQUEST_ID, request_id},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use http::StatusCode;
use kratos_client::{
    ErrorKind, LogoutOptions,
    guard::{Refused, RequestSource},
};
use url::Url;

/// Sends the browser to Kratos, which ends the session and sends it back here.
pub async fn logout(
    request: HttpRequest,
    source: RequestSource,
    app: Data<App>,
) -> Result<HttpResponse, Refused> {
    if source != RequestSource::Allowed {
        let (title, text) = ("Not from here", "Log out by the button on this site.");
        let message = Message { title, text, ..Message::default() };
        return Err(pages::message(StatusCode::FORBIDDEN, &message).into());
    }
    let Some(cookies) = cookies(&request) else { return Ok(redirect(&app.public_url)) };
    let options = LogoutOptions::new().return_to(app.public_url.clone());
    match app.logout.logout_url(&cookies, &options).await {
        Ok(Some(url)) => Ok(redirect(url.expose())),
        Ok(None) => Ok(redirect(&app.public_url)),
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput { .. }) => {
            Ok(redirect(&app.public_url))
        }
        Err(error) => {
            let id = request.headers().get(REQUEST_ID).map(header::HeaderValue::as_bytes);
            let id = request_id(id);
            tracing::error!(request_id = id, "no log-out: {}", error_chain(&error));
            let (title, text) = ("Not available", "You are still logged in. Please try again.");
            let request_id = Some(&*id);
            let link = Some(("/", "Back to the homepage"));
            let message = Message { title, text, request_id, link, viewer: None };
            Err(pages::message(StatusCode::SERVICE_UNAVAILABLE, &message).into())
        }
    }
}

fn redirect(to: &Url) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, to.as_str())).finish()
}
