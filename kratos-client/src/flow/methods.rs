//! The constructors of request bodies, one for each method of each kind of flow.

use crate::flow::{
    kind::{Login, Recovery, Registration, Settings, Verification},
    update_body::UpdateFlowBody,
};
use crate::secret::{Code, Password};
use serde::Serialize;

impl UpdateFlowBody<Login> {
    /// Logs in with an identifier, such as an email address, and a password.
    pub fn password(identifier: &str, password: &Password) -> Self {
        Self::method("password")
            .field("identifier", identifier)
            .field("password", password.expose())
    }

    /// Submits the identifier in the first step of a two-step login.
    pub fn identifier_first(identifier: &str) -> Self {
        Self::method("identifier_first").field("identifier", identifier)
    }

    /// Requests a one-time code. Once a code was sent, use [`UpdateFlowBody::resend_code`].
    pub fn send_code(identifier: &str) -> Self {
        Self::method("code").field("identifier", identifier)
    }

    /// Requests a new one-time code, which invalidates the previous one.
    pub fn resend_code(identifier: &str) -> Self {
        Self::send_code(identifier).field("resend", "code")
    }

    /// Submits the one-time code that was sent.
    pub fn code(identifier: &str, code: &Code) -> Self {
        Self::method("code").field("identifier", identifier).field("code", code.expose())
    }

    /// Second factor: submits the code of an authenticator app.
    pub fn totp(code: &Code) -> Self {
        Self::method("totp").field("totp_code", code.expose())
    }

    /// Second factor: submits a lookup secret, one of the identity's one-time recovery codes.
    pub fn lookup_secret(code: &Code) -> Self {
        Self::method("lookup_secret").field("lookup_secret", code.expose())
    }

    /// Logs in by an `OpenID` Connect provider, to which a browser is redirected.
    pub fn oidc(provider: &str) -> Self {
        Self::method("oidc").field("provider", provider)
    }

    /// Logs in by a SAML provider, to which a browser is redirected.
    pub fn saml(provider: &str) -> Self {
        Self::method("saml").field("provider", provider)
    }

    /// Logs in by a security key, with the JSON result of the browser's
    /// `navigator.credentials.get`.
    pub fn webauthn(identifier: &str, assertion: &str) -> Self {
        Self::method("webauthn").field("identifier", identifier).field("webauthn_login", assertion)
    }

    /// Logs in by a passkey, with the JSON result of the browser's `navigator.credentials.get`.
    pub fn passkey(assertion: &str) -> Self {
        Self::method("passkey").field("passkey_login", assertion)
    }
}

impl UpdateFlowBody<Registration> {
    fn with_traits(method: &str, traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::method(method).field("traits", serde_json::to_value(traits)?))
    }

    /// Registers with a password.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn password(
        traits: &impl Serialize,
        password: &Password,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("password", traits)?.field("password", password.expose()))
    }

    /// Submits the traits in the first step of a two-step registration.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn profile(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::with_traits("profile", traits)
    }

    /// Requests a one-time code. Once a code was sent, use [`UpdateFlowBody::resend_code`].
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn send_code(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::with_traits("code", traits)
    }

    /// Requests a new one-time code, which invalidates the previous one.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn resend_code(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::send_code(traits)?.field("resend", "code"))
    }

    /// Submits the one-time code that was sent.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn code(traits: &impl Serialize, code: &Code) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("code", traits)?.field("code", code.expose()))
    }

    /// Registers by an `OpenID` Connect provider, to which a browser is redirected.
    pub fn oidc(provider: &str) -> Self {
        Self::method("oidc").field("provider", provider)
    }

    /// Registers by a SAML provider, to which a browser is redirected.
    pub fn saml(provider: &str) -> Self {
        Self::method("saml").field("provider", provider)
    }

    /// Registers with a security key, with the JSON result of the browser's
    /// `navigator.credentials.create`.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn webauthn(traits: &impl Serialize, credential: &str) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("webauthn", traits)?.field("webauthn_register", credential))
    }

    /// Registers with a passkey, with the JSON result of the browser's
    /// `navigator.credentials.create`.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn passkey(traits: &impl Serialize, credential: &str) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("passkey", traits)?.field("passkey_register", credential))
    }
}

impl UpdateFlowBody<Recovery> {
    /// Requests a one-time code by email. Submit it again for a new code.
    ///
    /// A server that lets people choose the recovery address (`choose_recovery_address`) wants
    /// [`UpdateFlowBody::recovery_address`] instead: the flow's state tells, see
    /// [`crate::flow::FlowState::RecoveryAwaitingAddress`].
    pub fn send_code(email: &str) -> Self {
        Self::method("code").field("email", email)
    }

    /// With `choose_recovery_address`: submits any address of the account. If the account has no other
    /// address, a code is sent to it; otherwise the user has to select one.
    pub fn recovery_address(address: &str) -> Self {
        Self::method("code").field("recovery_address", address)
    }

    /// With `choose_recovery_address`: selects an address, by the value of one of the form's inputs
    /// `recovery_select_address`, whose labels show the masked addresses. If it is the address
    /// that was entered before, a code is sent; otherwise the user has to confirm it.
    pub fn select_address(value: &str) -> Self {
        Self::method("code").field("recovery_select_address", value)
    }

    /// With `choose_recovery_address`: confirms the selected address by entering it in full, and
    /// requests a code. Submit it again for a new code.
    pub fn confirm_address(address: &str) -> Self {
        Self::method("code").field("recovery_confirm_address", address)
    }

    /// With `choose_recovery_address`: returns to the selection, or to the first address if there is
    /// no other.
    pub fn previous_screen() -> Self {
        Self::method("code").field("screen", "previous")
    }

    /// Submits the one-time code that was sent.
    pub fn code(code: &Code) -> Self {
        Self::method("code").field("code", code.expose())
    }

    /// Requests a link by email.
    pub fn send_link(email: &str) -> Self {
        Self::method("link").field("email", email)
    }
}

impl UpdateFlowBody<Verification> {
    /// Requests a one-time code by email. Submit it again for a new code.
    pub fn send_code(email: &str) -> Self {
        Self::method("code").field("email", email)
    }

    /// Submits the one-time code that was sent.
    pub fn code(code: &Code) -> Self {
        Self::method("code").field("code", code.expose())
    }

    /// Requests a link by email.
    pub fn send_link(email: &str) -> Self {
        Self::method("link").field("email", email)
    }
}

impl UpdateFlowBody<Settings> {
    /// Changes the traits.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn profile(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::method("profile").field("traits", serde_json::to_value(traits)?))
    }

    /// Changes the password.
    pub fn password(password: &Password) -> Self {
        Self::method("password").field("password", password.expose())
    }

    /// Links an authenticator app, by a code that it shows.
    pub fn totp(code: &Code) -> Self {
        Self::method("totp").field("totp_code", code.expose())
    }

    /// Unlinks the authenticator app.
    pub fn unlink_totp() -> Self {
        Self::method("totp").field("totp_unlink", true)
    }

    /// Generates new lookup secrets, which take effect once they are confirmed.
    pub fn regenerate_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_regenerate", true)
    }

    /// Confirms that the user stored the lookup secrets.
    pub fn confirm_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_confirm", true)
    }

    /// Reveals the lookup secrets.
    pub fn reveal_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_reveal", true)
    }

    /// Deletes the lookup secrets.
    pub fn disable_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_disable", true)
    }

    /// Links an `OpenID` Connect provider, to which a browser is redirected.
    pub fn link_oidc(provider: &str) -> Self {
        Self::method("oidc").field("link", provider)
    }

    /// Unlinks an `OpenID` Connect provider.
    pub fn unlink_oidc(provider: &str) -> Self {
        Self::method("oidc").field("unlink", provider)
    }

    /// Adds a security key, with the JSON result of the browser's `navigator.credentials.create`.
    pub fn add_webauthn(display_name: &str, credential: &str) -> Self {
        Self::method("webauthn")
            .field("webauthn_register", credential)
            .field("webauthn_register_displayname", display_name)
    }

    /// Removes a security key by its id.
    pub fn remove_webauthn(id: &str) -> Self {
        Self::method("webauthn").field("webauthn_remove", id)
    }

    /// Adds a passkey, with the JSON result of the browser's `navigator.credentials.create`.
    pub fn add_passkey(credential: &str) -> Self {
        Self::method("passkey").field("passkey_settings_register", credential)
    }

    /// Removes a passkey by its id.
    pub fn remove_passkey(id: &str) -> Self {
        Self::method("passkey").field("passkey_remove", id)
    }
}
