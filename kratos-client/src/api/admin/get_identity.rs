//! The options of reading an identity and of deleting its credentials.

use crate::model::credentials::CredentialsType;
use derive_more::Debug;

/// The options of [`Identities::get_identity`](crate::Identities::get_identity).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetIdentityOptions {
    /// The types of credentials whose configuration is included.
    pub include_credential: Vec<CredentialsType>,
}

impl GetIdentityOptions {
    /// Reads an identity without the configuration of its credentials.
    pub fn new() -> Self {
        Self::default()
    }

    /// Includes the configuration of the credentials of this type. Can be called several times.
    /// Kratos v0.8 supports [`CredentialsType::Oidc`] only.
    #[must_use]
    pub fn include_credential(mut self, credentials_type: CredentialsType) -> Self {
        self.include_credential.push(credentials_type);
        self
    }
}

/// The credentials to delete by
/// [`Identities::delete_identity_credentials`](crate::Identities::delete_identity_credentials).
/// `Debug` redacts the identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeleteIdentityCredentials {
    /// The type of the credentials.
    pub credentials_type: CredentialsType,
    /// The identifier of the credentials, such as `google:123`.
    #[debug("[redacted]")]
    pub identifier: Option<String>,
}

impl DeleteIdentityCredentials {
    /// Deletes the credentials of this type.
    pub fn new(credentials_type: CredentialsType) -> Self {
        Self { credentials_type, identifier: None }
    }

    /// Deletes only the credentials with this identifier, such as `google:123`. The server
    /// requires it for [`CredentialsType::Oidc`] and [`CredentialsType::Saml`].
    #[must_use]
    pub fn identifier(mut self, identifier: impl Into<String>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }
}
