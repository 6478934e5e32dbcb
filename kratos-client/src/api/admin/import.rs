//! What an identity brings along from elsewhere.

use derive_more::Debug;
use secrecy::SecretString;

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
pub struct ProviderAccount {
    pub(crate) provider: String,
    #[debug("[redacted]")]
    pub(crate) subject: String,
    pub(crate) organization: Option<String>,
    pub(crate) auto_link: bool,
}

impl ProviderAccount {
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
pub enum AddressType {
    /// An email address.
    Email,
    /// A telephone number for text messages.
    Sms,
}

/// An address that an identity is created with. It has to be among those that the traits have by
/// the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    pub(crate) via: AddressType,
    #[debug("[redacted]")]
    pub(crate) value: String,
    pub(crate) verified: bool,
}

impl NewAddress {
    /// An address whose owner has not proved to own it.
    pub fn new(via: AddressType, value: impl Into<String>) -> Self {
        Self { via, value: value.into(), verified: false }
    }

    /// An address whose owner proved elsewhere to own it.
    pub fn verified(via: AddressType, value: impl Into<String>) -> Self {
        Self { verified: true, ..Self::new(via, value) }
    }
}
