//! One file a route.

pub mod health;
pub mod home;
pub mod logout;
pub mod oathkeeper;

use crate::pages;
use actix_web::{HttpRequest, HttpResponse, get, http::header};
use kratos_client::Credential;
use url::Url;

/// The style sheet of all pages.
#[get("/style.css")]
pub async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(pages::STYLE)
}

/// What is asked for at any other path.
pub async fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("404 page not found\n")
}

/// The cookies of a request, as one header. Browsers may send several over HTTP/2.
pub(crate) fn cookies(request: &HttpRequest) -> Option<Credential> {
    let mut headers = request.headers().get_all(header::COOKIE).peekable();
    headers.peek()?;
    let all: Vec<&[u8]> = headers.map(header::HeaderValue::as_bytes).collect();
    Some(Credential::cookie_header(all.join(&b"; "[..])))
}

fn redirect(to: &Url) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, to.as_str())).finish()
}
