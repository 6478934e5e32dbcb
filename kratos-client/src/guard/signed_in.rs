//! Sessions without a Kratos, for the tests of an application.

use crate::{
    api::sessions::{Sessions, Whoami},
    credential::Credential,
    model::{
        authentication::AuthenticatorAssuranceLevel,
        identity::{Identity, IdentityId},
        session::Session,
    },
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ory_http::Error;
use serde_json::{Value, json};
use std::sync::Arc;

/// A [`Sessions`] in which every credential belongs to the same identity, for the tests of an
/// application. It needs no network.
///
/// ```
/// use kratos_client::guard::{SessionGuard, SignedIn};
/// use serde_json::json;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ann = SignedIn::as_identity("9f425a8d").traits(json!({"email": "ann@example.test"}));
/// let sessions = SessionGuard::new(ann, "http://ui.test/login", "http://app.test")?;
/// # Ok(())
/// # }
/// ```
///
/// A request has to send any cookie or token, as it would to the real application.
#[derive(Clone, Debug)]
pub struct SignedIn(Session);

impl SignedIn {
    /// An identity with a session that has just begun, at the assurance level `aal1`.
    pub fn as_identity(id: impl Into<IdentityId>) -> Self {
        let mut session = Session::new("test-session", Identity::new(id, "default", json!({})));
        let now = Timestamp::now();
        session.authenticated_at = Some(now);
        session.issued_at = Some(now);
        session.expires_at = now.checked_add(SignedDuration::from_hours(1)).ok();
        session.authenticator_assurance_level = Some(AuthenticatorAssuranceLevel::Aal1);
        Self(session)
    }

    /// Sets the identity's traits.
    #[must_use]
    pub fn traits(mut self, traits: Value) -> Self {
        self.0.identity.traits = traits;
        self
    }

    /// Completes a second factor.
    #[must_use]
    pub fn with_second_factor(mut self) -> Self {
        self.0.authenticator_assurance_level = Some(AuthenticatorAssuranceLevel::Aal2);
        self
    }

    /// Sets the time of the last authentication.
    #[must_use]
    pub fn authenticated_at(mut self, at: Timestamp) -> Self {
        self.0.authenticated_at = Some(at);
        self
    }
}

#[async_trait]
impl Sessions for SignedIn {
    async fn whoami(&self, _: &Credential) -> Result<Whoami, Error> {
        Ok(Whoami::Active(Arc::new(self.0.clone())))
    }
}
