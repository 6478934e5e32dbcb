//! The page on which people who are not engineers manage permissions: browse and filter relation
//! tuples, grant and revoke with a preview, ask why somebody may do something, and see who changed
//! what. It needs a permission itself, and no JavaScript.

mod change;
mod change_log;
mod check;
mod grant;
mod history;
mod input;
mod list;
mod pages;
mod paths;
mod people;
mod problem;
mod revoke;

pub use change_log::ChangeLog;

use crate::{
    app::App,
    guards,
    methods::{Methods, not_found},
    permission::Permission,
    routes::{asset, security_headers},
};
use actix_web::{http::Method, web};
use keto_client::KetoClient;
use kratos_client::KratosClient;
use std::sync::Arc;

/// What the page needs.
#[derive(Clone)]
pub struct PermissionsPage {
    /// Keto, with its read and write APIs.
    pub keto: KetoClient,
    /// Kratos, with its admin API, which tells names and email addresses. Without it, people are
    /// shown by their ids.
    pub kratos: KratosClient,
    /// Who changed what and when, which all workers share.
    pub log: Arc<ChangeLog>,
    /// The permission that somebody needs to see and use the page.
    pub permission: Permission,
    /// Whether the app has pages for settings and sessions, to which the header leads.
    pub has_account_pages: bool,
}

/// The maximum size of a form in bytes: a change of [`change::MAX_STEPS`] tuples with long names.
const MAX_FORM_SIZE: usize = 1024 * 1024;

/// Adds the page. Register it before the app's own routes, which answer every other path.
pub fn configure(page: PermissionsPage, app: &App) -> impl FnOnce(&mut web::ServiceConfig) {
    let managers = guards::permissions(app, &page.permission);
    let (sessions, headers) = (guards::sessions(app), security_headers(&app.public_url));
    move |config| {
        let post = [Method::POST];
        let scope = web::scope("/permissions")
            .app_data(web::Data::new(page))
            .app_data(web::FormConfig::default().limit(MAX_FORM_SIZE))
            .service(Methods::at("").get(list::show))
            .service(Methods::at("/find").on(&post, list::find))
            .service(Methods::at("/grant").get(grant::show).on(&post, grant::submit))
            .service(Methods::at("/revoke").on(&post, revoke::preview))
            .service(Methods::at("/confirm").on(&post, change::confirm))
            .service(Methods::at("/check").get(check::show).on(&post, check::submit))
            .service(Methods::at("/history").get(history::show))
            .service(Methods::at("/undo").on(&post, history::undo))
            .default_service(web::to(not_found));
        config.service(scope.wrap(managers).wrap(sessions).wrap(headers)).service(asset(
            "/permissions.css",
            "text/css; charset=utf-8",
            pages::STYLE,
        ));
    }
}
