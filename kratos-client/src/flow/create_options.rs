//! How a flow begins.

use crate::model::authentication::Aal;
use url::Url;

/// How a flow begins. All of it is optional; which option a kind of flow knows is said with each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateFlowOptions {
    parameters: Vec<(&'static str, String)>,
}

impl CreateFlowOptions {
    /// Without any options.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.retain(|(kept, _)| *kept != name);
        self.parameters.push((name, value.into()));
        self
    }

    /// Where the browser goes afterwards: one of the server's allowed return URLs.
    #[must_use]
    pub fn return_to(self, url: &Url) -> Self {
        self.with("return_to", url.as_str())
    }

    /// Login: has somebody who is logged in prove it again.
    #[must_use]
    pub fn refresh(self) -> Self {
        self.with("refresh", "true")
    }

    /// Login: the level to reach.
    #[must_use]
    pub fn aal(self, aal: &Aal) -> Self {
        self.with("aal", aal.as_str())
    }

    /// Login: the address to send a second factor's code to.
    #[must_use]
    pub fn via(self, address_trait: impl Into<String>) -> Self {
        self.with("via", address_trait)
    }

    /// Login and registration: the organization to log in to.
    #[must_use]
    pub fn organization(self, id: impl Into<String>) -> Self {
        self.with("organization", id)
    }

    /// Login and registration: the schema of the identity.
    #[must_use]
    pub fn identity_schema(self, id: impl Into<String>) -> Self {
        self.with("identity_schema", id)
    }

    /// Login and registration of a browser: the challenge of Ory Hydra that began it.
    #[must_use]
    pub fn login_challenge(self, challenge: impl Into<String>) -> Self {
        self.with("login_challenge", challenge)
    }

    /// Registration of a browser: where it goes after verifying an address.
    #[must_use]
    pub fn after_verification_return_to(self, url: &Url) -> Self {
        self.with("after_verification_return_to", url.as_str())
    }

    /// Login and registration of an app that opens a browser for it: asks for the code by which
    /// the app gets its session token afterwards.
    #[must_use]
    pub fn return_session_token_exchange_code(self) -> Self {
        self.with("return_session_token_exchange_code", "true")
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
