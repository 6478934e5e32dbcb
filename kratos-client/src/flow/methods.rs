//! What is submitted to a flow of each kind: one constructor a method.

use crate::flow::{
    kind::{Login, Recovery, Registration, Settings, Verification},
    secret::{Code, Password},
    update_body::UpdateFlowBody,
};
use serde::Serialize;

impl UpdateFlowBody<Login> {
    /// By identifier, such as an email address, and password.
    pub fn password(identifier: &str, password: &Password) -> Self {
        Self::method("password")
            .field("identifier", identifier)
            .field("password", password.expose())
    }

    /// Says who one is, where the server asks for that first and for a method afterwards.
    pub fn identifier_first(identifier: &str) -> Self {
        Self::method("identifier_first").field("identifier", identifier)
    }

    /// Has a code sent. In a flow that has sent one, [`UpdateFlowBody::resend_code`] is needed for another.
    pub fn send_code(identifier: &str) -> Self {
        Self::method("code").field("identifier", identifier)
    }

    /// Has another code sent, which takes the place of the one before.
    pub fn resend_code(identifier: &str) -> Self {
        Self::send_code(identifier).field("resend", "code")
    }

    /// By the code that was sent.
    pub fn code(identifier: &str, code: &Code) -> Self {
        Self::method("code").field("identifier", identifier).field("code", code.expose())
    }

    /// Second factor: by the code of an authenticator app.
    pub fn totp(code: &Code) -> Self {
        Self::method("totp").field("totp_code", code.expose())
    }

    /// Second factor: by one of the recovery codes that were shown once.
    pub fn lookup_secret(code: &Code) -> Self {
        Self::method("lookup_secret").field("lookup_secret", code.expose())
    }

    /// By an `OpenID` Connect provider; a browser is sent there.
    pub fn oidc(provider: &str) -> Self {
        Self::method("oidc").field("provider", provider)
    }

    /// By a SAML provider; a browser is sent there.
    pub fn saml(provider: &str) -> Self {
        Self::method("saml").field("provider", provider)
    }

    /// By a security key: what the browser's `navigator.credentials.get` gave, as JSON.
    pub fn webauthn(identifier: &str, assertion: &str) -> Self {
        Self::method("webauthn").field("identifier", identifier).field("webauthn_login", assertion)
    }

    /// By a passkey: what the browser's `navigator.credentials.get` gave, as JSON.
    pub fn passkey(assertion: &str) -> Self {
        Self::method("passkey").field("passkey_login", assertion)
    }
}

impl UpdateFlowBody<Registration> {
    fn with_traits(method: &str, traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::method(method).field("traits", serde_json::to_value(traits)?))
    }

    /// By traits and a password.
    ///
    /// # Errors
    /// This and the other methods with traits: if the traits have no JSON form.
    pub fn password(
        traits: &impl Serialize,
        password: &Password,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("password", traits)?.field("password", password.expose()))
    }

    /// Says the traits, where the server asks for them first and for a method afterwards.
    pub fn profile(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::with_traits("profile", traits)
    }

    /// Has a code sent. In a flow that has sent one, [`UpdateFlowBody::resend_code`] is needed for another.
    pub fn send_code(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::with_traits("code", traits)
    }

    /// Has another code sent, which takes the place of the one before.
    pub fn resend_code(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::send_code(traits)?.field("resend", "code"))
    }

    /// By the code that was sent.
    pub fn code(traits: &impl Serialize, code: &Code) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("code", traits)?.field("code", code.expose()))
    }

    /// By an `OpenID` Connect provider; a browser is sent there.
    pub fn oidc(provider: &str) -> Self {
        Self::method("oidc").field("provider", provider)
    }

    /// By a SAML provider; a browser is sent there.
    pub fn saml(provider: &str) -> Self {
        Self::method("saml").field("provider", provider)
    }

    /// By a security key: what the browser's `navigator.credentials.create` gave, as JSON.
    pub fn webauthn(traits: &impl Serialize, credential: &str) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("webauthn", traits)?.field("webauthn_register", credential))
    }

    /// By a passkey: what the browser's `navigator.credentials.create` gave, as JSON.
    pub fn passkey(traits: &impl Serialize, credential: &str) -> Result<Self, serde_json::Error> {
        Ok(Self::with_traits("passkey", traits)?.field("passkey_register", credential))
    }
}

impl UpdateFlowBody<Recovery> {
    /// Has a code sent to an address. Submitted again, it has another code sent.
    ///
    /// A server that lets people choose the recovery address (`choose_recovery_address`) wants
    /// [`UpdateFlowBody::recovery_address`] instead: the flow's state tells, see
    /// [`crate::flow::FlowState::RecoveryAwaitingAddress`].
    pub fn send_code(email: &str) -> Self {
        Self::method("code").field("email", email)
    }

    /// Where people choose the recovery address: any address of the account. Where the account has
    /// no other, a code is sent to it at once; otherwise one is to be chosen.
    pub fn recovery_address(address: &str) -> Self {
        Self::method("code").field("recovery_address", address)
    }

    /// Where people choose the recovery address: the chosen one, by the value of one of the
    /// form's inputs named `recovery_select_address`. Their labels show the addresses masked. If
    /// it is the address that was entered before, a code is sent to it; otherwise it is to be
    /// confirmed.
    pub fn select_address(value: &str) -> Self {
        Self::method("code").field("recovery_select_address", value)
    }

    /// Where people choose the recovery address: the chosen one in full, which a code is then sent
    /// to. Submitted again, it has another code sent.
    pub fn confirm_address(address: &str) -> Self {
        Self::method("code").field("recovery_confirm_address", address)
    }

    /// Where people choose the recovery address: back to the choice, or to the first address
    /// where there is no other.
    pub fn previous_screen() -> Self {
        Self::method("code").field("screen", "previous")
    }

    /// By the code that was sent.
    pub fn code(code: &Code) -> Self {
        Self::method("code").field("code", code.expose())
    }

    /// Has a link sent to an address.
    pub fn send_link(email: &str) -> Self {
        Self::method("link").field("email", email)
    }
}

impl UpdateFlowBody<Verification> {
    /// Has a code sent to an address. Submitted again, it has another code sent.
    pub fn send_code(email: &str) -> Self {
        Self::method("code").field("email", email)
    }

    /// By the code that was sent.
    pub fn code(code: &Code) -> Self {
        Self::method("code").field("code", code.expose())
    }

    /// Has a link sent to an address.
    pub fn send_link(email: &str) -> Self {
        Self::method("link").field("email", email)
    }
}

impl UpdateFlowBody<Settings> {
    /// Changes the traits.
    ///
    /// # Errors
    /// If the traits have no JSON form.
    pub fn profile(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::method("profile").field("traits", serde_json::to_value(traits)?))
    }

    /// Changes the password.
    pub fn password(password: &Password) -> Self {
        Self::method("password").field("password", password.expose())
    }

    /// Sets up an authenticator app, by a code that it shows.
    pub fn totp(code: &Code) -> Self {
        Self::method("totp").field("totp_code", code.expose())
    }

    /// Removes the authenticator app.
    pub fn unlink_totp() -> Self {
        Self::method("totp").field("totp_unlink", true)
    }

    /// Makes new recovery codes, to be shown, kept and confirmed.
    pub fn regenerate_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_regenerate", true)
    }

    /// Confirms that the recovery codes are kept.
    pub fn confirm_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_confirm", true)
    }

    /// Shows the recovery codes.
    pub fn reveal_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_reveal", true)
    }

    /// Removes the recovery codes.
    pub fn disable_lookup_secrets() -> Self {
        Self::method("lookup_secret").field("lookup_secret_disable", true)
    }

    /// Connects an `OpenID` Connect provider; a browser is sent there.
    pub fn link_oidc(provider: &str) -> Self {
        Self::method("oidc").field("link", provider)
    }

    /// Disconnects an `OpenID` Connect provider.
    pub fn unlink_oidc(provider: &str) -> Self {
        Self::method("oidc").field("unlink", provider)
    }

    /// Adds a security key: what the browser's `navigator.credentials.create` gave, as JSON.
    pub fn add_webauthn(display_name: &str, credential: &str) -> Self {
        Self::method("webauthn")
            .field("webauthn_register", credential)
            .field("webauthn_register_displayname", display_name)
    }

    /// Removes a security key.
    pub fn remove_webauthn(id: &str) -> Self {
        Self::method("webauthn").field("webauthn_remove", id)
    }

    /// Adds a passkey: what the browser's `navigator.credentials.create` gave, as JSON.
    pub fn add_passkey(credential: &str) -> Self {
        Self::method("passkey").field("passkey_settings_register", credential)
    }

    /// Removes a passkey.
    pub fn remove_passkey(id: &str) -> Self {
        Self::method("passkey").field("passkey_remove", id)
    }
}
