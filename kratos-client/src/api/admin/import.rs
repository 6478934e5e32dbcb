//! Credentials and addresses to import with an identity.

use crate::{model::address::AddressType, secret::Password};
use derive_more::Debug;
use jiff::Timestamp;
use serde::Serialize;
use serde_with::{base64::Base64, serde_as, skip_serializing_none};

/// A password to import with an identity. `Debug` redacts it.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/import-user-accounts-identities>.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ImportedPassword {
    /// A plain-text password, which the server hashes. The server's password policy is not applied.
    Plain(Password),
    /// A password hash in PHC format or another format that Kratos supports, such as `$2a$10$…`.
    Hashed(Password),
    /// The server calls its password migration hook at the first login.
    MigrationHook,
}

impl ImportedPassword {
    /// Imports a plain-text password, which the server hashes. The server's password policy is not
    /// applied.
    pub fn plain(password: impl Into<String>) -> Self {
        Self::Plain(Password::new(password))
    }

    /// Imports a password hash in PHC format or another format that Kratos supports, such as
    /// `$2a$10$…`.
    pub fn hashed(hash: impl Into<String>) -> Self {
        Self::Hashed(Password::new(hash))
    }

    /// Has the server call its password migration hook at the first login.
    pub fn migration_hook() -> Self {
        Self::MigrationHook
    }
}

/// An account at an `OpenID` Connect or SAML provider to link to an identity. `Debug` redacts the
/// subject.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderAccount {
    /// The provider's id in the server's configuration.
    pub provider: String,
    /// The subject (`sub`) of the account at the provider.
    #[debug("[redacted]")]
    pub subject: String,
    /// The id of the organization that the provider belongs to.
    pub organization: Option<String>,
    /// Whether the server links the subject of the first sign-in in place of `subject`.
    pub auto_link: bool,
}

impl ProviderAccount {
    /// Links the account `subject` (`sub`) at the provider with this id in the server's
    /// configuration.
    pub fn new(provider: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            subject: subject.into(),
            organization: None,
            auto_link: false,
        }
    }

    /// Sets the id of the organization that the provider belongs to.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// Links the subject of the first sign-in in place of the one given. `OpenID` Connect only.
    #[must_use]
    pub fn auto_link(mut self) -> Self {
        self.auto_link = true;
        self
    }
}

/// A verifiable or recovery address to import with an identity. The identity schema has to mark
/// the address in the traits as such. `Debug` redacts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewAddress {
    /// The type of the address.
    pub via: AddressType,
    /// The address.
    #[debug("[redacted]")]
    pub value: String,
    /// Whether the address is verified.
    pub verified: bool,
}

impl NewAddress {
    /// Imports an address that is not verified.
    pub fn new(via: AddressType, value: impl Into<String>) -> Self {
        Self { via, value: value.into(), verified: false }
    }

    /// Imports an address that was verified elsewhere.
    pub fn verified(via: AddressType, value: impl Into<String>) -> Self {
        Self { verified: true, ..Self::new(via, value) }
    }
}

/// Security keys or passkeys that an identity is created with. Newer than Kratos v26.2.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/import-user-accounts-identities>.
#[serde_as]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportedWebAuthn {
    credentials: Vec<WebAuthnCredential>,
    #[debug(skip)]
    #[serde_as(as = "Base64")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    user_handle: Vec<u8>,
}

impl ImportedWebAuthn {
    /// No keys yet, of the user whom the authenticators know by this handle. A passkey can't be used
    /// without the handle.
    pub fn new(user_handle: impl Into<Vec<u8>>) -> Self {
        Self { credentials: Vec::new(), user_handle: user_handle.into() }
    }

    /// Adds a key. Call it once for each.
    #[must_use]
    pub fn credential(mut self, credential: WebAuthnCredential) -> Self {
        self.credentials.push(credential);
        self
    }
}

/// A security key or passkey, as it was registered elsewhere.
#[serde_as]
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebAuthnCredential {
    #[debug(skip)]
    #[serde_as(as = "Base64")]
    id: Vec<u8>,
    #[debug(skip)]
    #[serde_as(as = "Base64")]
    public_key: Vec<u8>,
    attestation_type: String,
    display_name: String,
    added_at: Option<Timestamp>,
    is_passwordless: bool,
    authenticator: Option<Authenticator>,
}

#[serde_as]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Authenticator {
    #[debug(skip)]
    #[serde_as(as = "Base64")]
    aaguid: Vec<u8>,
    sign_count: u32,
    clone_warning: bool,
}

impl WebAuthnCredential {
    /// A key with its credential id and its public key in COSE form.
    pub fn new(id: impl Into<Vec<u8>>, public_key: impl Into<Vec<u8>>) -> Self {
        Self {
            id: id.into(),
            public_key: public_key.into(),
            attestation_type: "none".into(),
            display_name: String::new(),
            added_at: None,
            is_passwordless: false,
            authenticator: None,
        }
    }

    /// The name that is shown to the user.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = name.into();
        self
    }

    /// The time at which it was registered.
    #[must_use]
    pub fn added_at(mut self, time: Timestamp) -> Self {
        self.added_at = Some(time);
        self
    }

    /// Whether it is used in place of a password, and not only as a second factor.
    #[must_use]
    pub fn passwordless(mut self, passwordless: bool) -> Self {
        self.is_passwordless = passwordless;
        self
    }

    /// The format of its attestation; `none` by default.
    #[must_use]
    pub fn attestation_type(mut self, attestation_type: impl Into<String>) -> Self {
        self.attestation_type = attestation_type.into();
        self
    }

    /// The model of the authenticator (AAGUID), and how often it has signed.
    #[must_use]
    pub fn authenticator(mut self, aaguid: impl Into<Vec<u8>>, sign_count: u32) -> Self {
        let aaguid = aaguid.into();
        self.authenticator = Some(Authenticator { aaguid, sign_count, clone_warning: false });
        self
    }
}
