//! What the routes share.

use crate::{permission::Permission, subject::SubjectStrategy};
use keto_client::{Metadata, Permissions};
use kratos_client::{Logout, Sessions, jwt::TokenGuard};
use std::sync::{Arc, atomic::AtomicBool};
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
    /// Whether the app is being stopped, so that it is not ready.
    pub stopping: Arc<AtomicBool>,
    /// What names a person to Keto.
    pub subject: SubjectStrategy,
    /// What the homepage needs.
    pub permission: Permission,
    /// Whom to ask for a permission.
    pub contact: Option<String>,
    /// Verifies the tokens of Oathkeeper, if there is a JWKS for it.
    pub oathkeeper: Option<TokenGuard>,
    /// The name of Kratos's session cookie.
    pub session_cookie: String,
    /// How browsers reach this app.
    pub public_url: Url,
    /// How browsers reach the login UI.
    pub ui_url: Url,
}

impl App {
    /// Whether this app has the login UI itself.
    pub fn has_pages(&self) -> bool {
        self.ui_url == self.public_url
    }
}
