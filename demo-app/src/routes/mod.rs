//! The routes, one file each.

pub mod health;
pub mod home;
pub mod logout;
pub mod oathkeeper;

use crate::{
    app::App,
    guards,
    methods::{Methods, not_found},
    pages,
};
use actix_web::{HttpResponse, http::Method, middleware::DefaultHeaders, web};
use url::Url;

/// Adds the app's routes.
pub fn configure(app: App) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let headers = security_headers(&app.public_url);
        let sessions = guards::sessions(&app);
        let readers = guards::permissions(&app, &app.permission);
        let home = web::route().to(home::home).wrap(readers).wrap(sessions.clone());
        let logout = web::route().to(logout::logout).wrap(sessions.except("/logout"));
        let oathkeeper = web::route().to(oathkeeper::oathkeeper);
        let oathkeeper = match &app.oathkeeper {
            Some(tokens) => oathkeeper.wrap(tokens.clone()),
            None => oathkeeper,
        };
        config.app_data(web::Data::new(app)).service(
            web::scope("")
                .wrap(headers)
                .service(Methods::at("/").route(&[Method::GET, Method::POST], home))
                .service(Methods::at("/logout").route(&[Method::POST], logout))
                .service(Methods::at("/oathkeeper").route(&[Method::GET, Method::POST], oathkeeper))
                .service(Methods::at("/health/alive").get(health::alive))
                .service(Methods::at("/health/ready").get(health::ready))
                .service(asset("/style.css", "text/css; charset=utf-8", pages::STYLE))
                .service(asset("/icon.svg", "image/svg+xml", pages::ICON))
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
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
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

/// A file that belongs to the pages.
pub(crate) fn asset(path: &str, content_type: &'static str, text: &'static str) -> Methods {
    let answer = move || async move { HttpResponse::Ok().content_type(content_type).body(text) };
    Methods::at(path).get(answer)
}
