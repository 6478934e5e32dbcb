//! Credentials and addresses to import with an identity.

use crate::{model::address::AddressType, secret::Password};
use derive_more::Debug;

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
