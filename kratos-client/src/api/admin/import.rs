//! What an identity brings along from elsewhere.

use derive_more::Debug;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use serde_with::{base64::Base64, serde_as, skip_serializing_none};

/// A password that an identity is created with. `Debug` shows nothing of it.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/import-user-accounts-identities>.
#[derive(Clone, Debug)]
pub struct ImportedPassword(pub(crate) PasswordKind);

#[derive(Clone, Debug)]
pub(crate) enum PasswordKind {
    Plain(SecretString),
    Hashed(SecretString),
    MigrationHook,
}

impl ImportedPassword {
    /// The password itself, which the server hashes. Its rules for passwords don't apply.
    pub fn plain(password: impl Into<String>) -> Self {
        Self(PasswordKind::Plain(password.into().into()))
    }

    /// A hash in PHC form or one of the others that Kratos knows, such as `$2a$10$…`.
    pub fn hashed(hash: impl Into<String>) -> Self {
        Self(PasswordKind::Hashed(hash.into().into()))
    }

    /// The server asks its password migration hook when somebody logs in first.
    pub fn migration_hook() -> Self {
        Self(PasswordKind::MigrationHook)
    }
}

/// Whom a provider of social or enterprise sign-in knows somebody as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderLink {
    pub(crate) provider: String,
    #[debug("[redacted]")]
    pub(crate) subject: String,
    pub(crate) organization: Option<String>,
    pub(crate) auto_link: bool,
}

impl ProviderLink {
    /// A provider as the server's configuration names it, and its subject (`sub`).
    pub fn new(provider: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            subject: subject.into(),
            organization: None,
            auto_link: false,
        }
    }

    /// The organization that the provider belongs to.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// Links whatever subject the provider names with the first sign-in. For `OpenID` Connect
    /// only.
    #[must_use]
    pub fn auto_link(mut self) -> Self {
        self.auto_link = true;
        self
    }
}

/// What kind of address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressVia {
    /// An email address.
    Email,
    /// A telephone number for text messages.
    Sms,
}

/// An address that an identity is created with. It has to be among those that the traits have by
/// the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    pub(crate) via: AddressVia,
    #[debug("[redacted]")]
    pub(crate) value: String,
    pub(crate) verified: bool,
}

impl NewAddress {
    /// An address whose owner has not proved to own it.
    pub fn new(via: AddressVia, value: impl Into<String>) -> Self {
        Self { via, value: value.into(), verified: false }
    }

    /// An address whose owner proved elsewhere to own it.
    pub fn verified(via: AddressVia, value: impl Into<String>) -> Self {
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
