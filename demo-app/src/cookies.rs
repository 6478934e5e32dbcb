//! The cookies of a request.

use actix_web::{HttpRequest, http::header::COOKIE};
use kratos_client::Credential;

/// The cookies of a request as one credential, if it has any. Browsers may send several headers over
/// HTTP/2.
pub(crate) fn cookies(request: &HttpRequest) -> Option<Credential> {
    let mut headers = request.headers().get_all(COOKIE).peekable();
    headers.peek()?;
    Some(Credential::from_cookie_headers(headers))
}
