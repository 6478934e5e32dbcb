//! What the routes share, and which routes there are.

use crate::{routes, settings::Permission, subject::SubjectStrategy};
use actix_web::{middleware::DefaultHeaders, web};
use keto_client::{Metadata, Permissions};
use kratos_client::{Logout, Sessions};
use std::sync::Arc;
use url::Url;

/// What the routes share. Every server stands behind a trait.
#[derive(Clone)]
pub struct App {
    /// Who is this?
    pub sessions: Arc<dyn Sessions>,
    /// Ends sessions.
    pub logout: Arc<dyn Logout>,
    /// May they?
    pub permissions: Arc<dyn Permissions>,
    /// What the app needs to be ready, by name.
    pub dependencies: Vec<(&'static str, Arc<dyn Metadata>)>,
    /// What names a person to Keto.
    pub subject: SubjectStrategy,
    /// What the homepage needs.
    pub permission: Permission,
    /// How browsers reach this app.
    pub public_url: Url,
    /// How browsers reach the login UI.
    pub ui_url: Url,
}

/// Adds the app's routes.
pub fn configure(app: App) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(web::Data::new(app)).service(
            web::scope("")
                .wrap(security_headers())
                .service(routes::home::home)
                .service(routes::logout::logout)
                .service(routes::oathkeeper::oathkeeper)
                .service(routes::health::alive)
                .service(routes::health::ready)
                .service(routes::style)
                .default_service(web::to(routes::not_found)),
        );
    }
}

/// Headers for every page: no script, no frame, no sniffing, nothing kept. A referrer stays on the
/// same origin; `no-referrer` would empty the `Origin` of the log-out form.
pub fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .add(("X-Frame-Options", "DENY"))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("Cache-Control", "no-store"))
}
