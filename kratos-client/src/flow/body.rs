//! What is submitted to a flow: one constructor a method.

use crate::flow::{
    kind::{FlowKind, Login, Recovery, Registration, Settings, Verification},
    model::Flow,
    secret::{Code, Password},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::{fmt, marker::PhantomData};

/// What is submitted to a flow of kind `K`. It is made by the constructor of its method, and
/// `Debug` shows the method and the names of the fields.
///
/// ```
/// use kratos_client::flow::{Body, Login, Password};
///
/// let body = Body::<Login>::password("ann@example.test", &Password::new("secret"));
/// assert!(!format!("{body:?}").contains("secret"));
/// ```
#[derive(Clone, PartialEq)]
pub struct Body<K> {
    fields: Map<String, Value>,
    kind: PhantomData<K>,
}

impl<K> Body<K> {
    /// A method that this version does not know, or fields of one's own choice.
    pub fn method(name: &str) -> Self {
        let fields = Map::from_iter([("method".to_owned(), name.into())]);
        Self { fields, kind: PhantomData }
    }

    /// Adds a field to what a constructor made.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// Adds data that Kratos hands to webhooks and does not keep.
    #[must_use]
    pub fn transient_payload(self, payload: impl Into<Value>) -> Self {
        self.field("transient_payload", payload)
    }
}

/// What goes over the wire: the body, with the flow's anti-CSRF token, and under the names that
/// the flow has.
pub(crate) fn wire<K: FlowKind>(body: &Body<K>, flow: &Flow<K>) -> impl Serialize {
    let mut fields = body.fields.clone();
    let token = flow.ui.input("csrf_token").and_then(|input| input.value.clone());
    if let Some(token) = token {
        fields.entry("csrf_token").or_insert(token);
    }
    // v0.8 calls a login's identifier otherwise; its form tells.
    let old_name = "password_identifier";
    if flow.ui.input(old_name).is_some()
        && let Some(identifier) = fields.remove("identifier")
    {
        fields.insert(old_name.to_owned(), identifier);
    }
    fields
}

impl<K> fmt::Debug for Body<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("method", &self.fields.get("method"))
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .finish()
    }
}

impl Body<Login> {
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

    /// Has a code sent.
    pub fn send_code(identifier: &str) -> Self {
        Self::method("code").field("identifier", identifier)
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

impl Body<Registration> {
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

    /// Has a code sent.
    pub fn send_code(traits: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::with_traits("code", traits)
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

impl Body<Recovery> {
    /// Has a code sent to an address.
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

impl Body<Verification> {
    /// Has a code sent to an address.
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

impl Body<Settings> {
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
