//! The options of a new flow.

use crate::model::authentication::AuthenticatorAssuranceLevel;
use url::Url;

/// The options of a new flow. Each option names the kinds of flows that support it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateFlowOptions {
    parameters: Vec<(&'static str, String)>,
}

impl CreateFlowOptions {
    /// No options.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.parameters.retain(|(existing, _)| *existing != name);
        self.parameters.push((name, value.into()));
        self
    }

    /// All flows: sets the URL to redirect the browser to after the flow, one of the server's
    /// allowed return URLs.
    #[must_use]
    pub fn return_to(self, url: &Url) -> Self {
        self.with("return_to", url.as_str())
    }

    /// Login: requires the user to authenticate again, even with an active session.
    #[must_use]
    pub fn refresh(self) -> Self {
        self.with("refresh", "true")
    }

    /// Login: requests an authenticator assurance level, such as
    /// [`AuthenticatorAssuranceLevel::Aal2`] for a second factor.
    #[must_use]
    pub fn aal(self, aal: &AuthenticatorAssuranceLevel) -> Self {
        self.with("aal", aal.as_str())
    }

    /// Login: selects the trait with the address to which a second factor's code is sent.
    #[must_use]
    pub fn via(self, address_trait: impl Into<String>) -> Self {
        self.with("via", address_trait)
    }

    /// Recovery by a browser: skips the settings flow after the recovery. Newer than
    /// Kratos v26.2.
    #[must_use]
    pub fn skip_settings(self) -> Self {
        self.with("skip_settings", "true")
    }

    /// Login, registration and, newer than Kratos v26.2, settings: sets the id of the
    /// organization.
    #[must_use]
    pub fn organization(self, id: impl Into<String>) -> Self {
        self.with("organization", id)
    }

    /// Login and registration: sets the id of the identity schema.
    #[must_use]
    pub fn identity_schema(self, id: impl Into<String>) -> Self {
        self.with("identity_schema", id)
    }

    /// Login and registration by a browser: sets the login challenge of Ory Hydra.
    #[must_use]
    pub fn login_challenge(self, challenge: impl Into<String>) -> Self {
        self.with("login_challenge", challenge)
    }

    /// Registration by a browser: sets the URL to redirect the browser to after the verification
    /// of an address.
    #[must_use]
    pub fn after_verification_return_to(self, url: &Url) -> Self {
        self.with("after_verification_return_to", url.as_str())
    }

    /// Login and registration of a native app by a browser: requests a code for
    /// [`MySessions::exchange_session_token`](crate::MySessions::exchange_session_token).
    #[must_use]
    pub fn return_session_token_exchange_code(self) -> Self {
        self.with("return_session_token_exchange_code", "true")
    }

    /// The options as query parameters, by Ory's names.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
