//! The routes, one file each.

pub mod health;
pub mod home;
pub mod logout;
pub mod oathkeeper;

use crate::{app::App, pages};
use actix_web::{HttpRequest, HttpResponse, get, http::header, middleware::DefaultHeaders, web};
use kratos_client::Credential;
use url::Url;

/// Adds the app's routes.
pub fn configure(app: App) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let headers = security_headers(&app.public_url);
        config.app_data(web::Data::new(app)).service(
            web::scope("")
                .wrap(headers)
                .service(home::home)
                .service(logout::logout)
                .service(oathkeeper::oathkeeper)
                .service(health::alive)
                .service(health::ready)
                .service(style)
                .default_service(web::to(not_found)),
        );
    }
}

/// Headers for every page: no script, no frame, no sniffing, nothing kept. A referrer stays on the
/// same origin; `no-referrer` would empty the `Origin` of the log-out form. Behind TLS, browsers are
/// told to stay there.
pub fn security_headers(public_url: &Url) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .add(("X-Frame-Options", "DENY"))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cache-Control", "no-store"));
    match public_url.scheme() {
        "https" => headers.add(("Strict-Transport-Security", "max-age=31536000")),
        _ => headers,
    }
}

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
    Some(Credential::from_cookie_headers(headers))
}

fn redirect(to: &Url) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, to.as_str())).finish()
}
