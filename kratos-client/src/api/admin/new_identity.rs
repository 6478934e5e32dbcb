//! The request bodies that create and update an identity.

use crate::api::admin::import::{ImportedPassword, ImportedWebAuthn, NewAddress, ProviderAccount};
use crate::model::identity::{ExternalId, Identity, IdentityState, Region, SchemaId};
use crate::secret::{Code, TotpUrl};
use derive_more::Debug;
use serde::Serialize;
use serde_json::Value;

/// The methods that a new identity and an update share.
macro_rules! common_methods {
    () => {
        /// Sets the public metadata, which the identity's owner can read.
        #[must_use]
        pub fn metadata_public(mut self, metadata: Value) -> Self {
            self.metadata_public = Some(metadata);
            self
        }

        /// Sets the admin metadata, which only the admin API returns.
        #[must_use]
        pub fn metadata_admin(mut self, metadata: Value) -> Self {
            self.metadata_admin = Some(metadata);
            self
        }

        /// Sets the external id, which has to be unique among all identities.
        #[must_use]
        pub fn external_id(mut self, id: impl Into<ExternalId>) -> Self {
            self.external_id = Some(id.into());
            self
        }

        /// Sets the password.
        #[must_use]
        pub fn password(mut self, password: ImportedPassword) -> Self {
            self.credentials.password = Some(password);
            self
        }

        /// Links an account at an `OpenID` Connect provider. Can be called several times.
        #[must_use]
        pub fn oidc(mut self, account: ProviderAccount) -> Self {
            self.credentials.oidc.push(account);
            self
        }

        /// Links an account at a SAML provider. Can be called several times.
        #[must_use]
        pub fn saml(mut self, account: ProviderAccount) -> Self {
            self.credentials.saml.push(account);
            self
        }

        /// Imports an authenticator app, by its `otpauth://` URL, which contains the secret. Newer
        /// than Kratos v26.2.
        #[must_use]
        pub fn totp(mut self, url: impl Into<String>) -> Self {
            self.credentials.totp = Some(TotpUrl::new(url));
            self
        }

        /// Imports lookup secrets, the one-time recovery codes of the second factor. Newer than
        /// Kratos v26.2.
        #[must_use]
        pub fn lookup_secrets(mut self, codes: impl IntoIterator<Item: Into<String>>) -> Self {
            self.credentials.lookup_secrets = codes.into_iter().map(Code::new).collect();
            self
        }

        /// Imports security keys. Newer than Kratos v26.2.
        #[must_use]
        pub fn webauthn(mut self, keys: ImportedWebAuthn) -> Self {
            self.credentials.webauthn = Some(keys);
            self
        }

        /// Imports passkeys. Newer than Kratos v26.2.
        #[must_use]
        pub fn passkeys(mut self, keys: ImportedWebAuthn) -> Self {
            self.credentials.passkeys = Some(keys);
            self
        }

        /// Sets the region of Ory Network that stores the identity. Newer than Kratos v26.2.
        #[must_use]
        pub fn region(mut self, region: Region) -> Self {
            self.region = Some(region);
            self
        }
    };
}

/// The credentials to import with an identity. `Debug` redacts secrets and subjects.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ImportedCredentials {
    /// The password.
    pub password: Option<ImportedPassword>,
    /// The accounts at `OpenID` Connect providers.
    pub oidc: Vec<ProviderAccount>,
    /// The accounts at SAML providers.
    pub saml: Vec<ProviderAccount>,
    /// The `otpauth://` URL of the authenticator app.
    pub totp: Option<TotpUrl>,
    /// The unused lookup secrets.
    pub lookup_secrets: Vec<Code>,
    /// The security keys.
    pub webauthn: Option<ImportedWebAuthn>,
    /// The passkeys.
    pub passkeys: Option<ImportedWebAuthn>,
}

impl ImportedCredentials {
    /// Whether there are no credentials.
    pub fn is_empty(&self) -> bool {
        self.password.is_none()
            && self.oidc.is_empty()
            && self.saml.is_empty()
            && self.totp.is_none()
            && self.lookup_secrets.is_empty()
            && self.webauthn.is_none()
            && self.passkeys.is_none()
    }
}

/// An identity to create. `Debug` redacts personal data and secrets.
///
/// Kratos v0.8 supports schema, traits and state only.
///
/// ```
/// use kratos_client::{AddressType, ImportedPassword, NewAddress, NewIdentity};
///
/// #[derive(serde::Serialize)]
/// struct Traits { email: &'static str }
///
/// # fn main() -> Result<(), serde_json::Error> {
/// let ann = NewIdentity::new("default", Traits { email: "ann@example.test" })?
///     .password(ImportedPassword::hashed("$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"))
///     .verifiable_address(NewAddress::verified(AddressType::Email, "ann@example.test"));
/// assert!(!format!("{ann:?}").contains("ann@"));
/// # Ok(())
/// # }
/// ```
#[doc(alias = "createIdentityBody")]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewIdentity {
    /// The id of the identity schema.
    pub schema_id: SchemaId,
    /// The traits.
    #[debug("[redacted]")]
    pub traits: Value,
    /// The state; `None` for the server's default, active.
    pub state: Option<IdentityState>,
    /// The credentials to import.
    pub credentials: ImportedCredentials,
    /// The verifiable addresses to import.
    pub verifiable_addresses: Vec<NewAddress>,
    /// The recovery addresses to import.
    pub recovery_addresses: Vec<NewAddress>,
    /// The public metadata.
    #[debug("[redacted]")]
    pub metadata_public: Option<Value>,
    /// The admin metadata.
    #[debug("[redacted]")]
    pub metadata_admin: Option<Value>,
    /// The external id.
    #[debug("[redacted]")]
    pub external_id: Option<ExternalId>,
    /// The region of Ory Network.
    pub region: Option<Region>,
    /// The id of the organization.
    pub organization_id: Option<String>,
}

impl NewIdentity {
    /// An identity with traits that satisfy the schema.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn new(
        schema_id: impl Into<SchemaId>,
        traits: impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            schema_id: schema_id.into(),
            traits: serde_json::to_value(traits)?,
            state: None,
            credentials: ImportedCredentials::default(),
            verifiable_addresses: Vec::new(),
            recovery_addresses: Vec::new(),
            metadata_public: None,
            metadata_admin: None,
            external_id: None,
            region: None,
            organization_id: None,
        })
    }

    /// Sets the state. An inactive identity can't log in.
    #[must_use]
    pub fn state(mut self, state: IdentityState) -> Self {
        self.state = Some(state);
        self
    }

    /// Imports the verification status of an address in the traits. Can be called several times.
    #[must_use]
    pub fn verifiable_address(mut self, address: NewAddress) -> Self {
        self.verifiable_addresses.push(address);
        self
    }

    /// Imports an address in the traits as a recovery address. Can be called several times.
    #[must_use]
    pub fn recovery_address(mut self, address: NewAddress) -> Self {
        self.recovery_addresses.push(address);
        self
    }

    /// Sets the id of the organization that the identity belongs to.
    #[must_use]
    pub fn organization_id(mut self, id: impl Into<String>) -> Self {
        self.organization_id = Some(id.into());
        self
    }

    common_methods!();

    /// Whether no field is set that Kratos v0.8 does not support.
    pub(crate) fn is_supported_by_v0_8(&self) -> bool {
        self.credentials.is_empty()
            && self.verifiable_addresses.is_empty()
            && self.recovery_addresses.is_empty()
            && self.organization_id.is_none()
            && [&self.metadata_public, &self.metadata_admin].iter().all(|m| m.is_none())
            && self.external_id.is_none()
            && self.region.is_none()
    }
}

/// The new values of an identity. `Debug` redacts personal data and secrets.
///
/// Kratos v0.8 supports schema, traits and state only.
#[doc(alias = "updateIdentityBody")]
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IdentityUpdate {
    /// The id of the identity schema.
    pub schema_id: SchemaId,
    /// The traits.
    #[debug("[redacted]")]
    pub traits: Value,
    /// The state; `None` leaves it unchanged.
    pub state: Option<IdentityState>,
    /// The credentials to import; those of other types stay unchanged.
    pub credentials: ImportedCredentials,
    /// The public metadata; `None` removes it.
    #[debug("[redacted]")]
    pub metadata_public: Option<Value>,
    /// The admin metadata; `None` removes it.
    #[debug("[redacted]")]
    pub metadata_admin: Option<Value>,
    /// The external id; `None` removes it.
    #[debug("[redacted]")]
    pub external_id: Option<ExternalId>,
    /// The region of Ory Network; `None` leaves it unchanged.
    pub region: Option<Region>,
}

impl IdentityUpdate {
    /// Sets schema, traits and state, and removes metadata and external id.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn new(
        schema_id: impl Into<SchemaId>,
        traits: impl Serialize,
        state: IdentityState,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            schema_id: schema_id.into(),
            traits: serde_json::to_value(traits)?,
            state: Some(state),
            credentials: ImportedCredentials::default(),
            metadata_public: None,
            metadata_admin: None,
            external_id: None,
            region: None,
        })
    }

    /// Starts with the current values of an identity that the admin API returned. The identity of
    /// a session has no admin metadata, so that an update from it would remove them.
    pub fn from_identity(identity: &Identity) -> Self {
        Self {
            schema_id: identity.schema_id.clone(),
            traits: identity.traits.clone(),
            state: identity.state.clone(),
            credentials: ImportedCredentials::default(),
            metadata_public: identity.metadata_public.clone(),
            metadata_admin: identity.metadata_admin.clone(),
            external_id: identity.external_id.clone(),
            region: None,
        }
    }

    /// Sets the traits.
    ///
    /// # Errors
    /// If the traits can't be serialized as JSON.
    pub fn traits(mut self, traits: impl Serialize) -> Result<Self, serde_json::Error> {
        self.traits = serde_json::to_value(traits)?;
        Ok(self)
    }

    /// Sets the state. An inactive identity can't log in.
    #[must_use]
    pub fn state(mut self, state: IdentityState) -> Self {
        self.state = Some(state);
        self
    }

    common_methods!();

    /// Whether no field is set that Kratos v0.8 does not support.
    pub(crate) fn is_supported_by_v0_8(&self) -> bool {
        self.credentials.is_empty()
            && [&self.metadata_public, &self.metadata_admin].iter().all(|m| m.is_none())
            && self.external_id.is_none()
            && self.region.is_none()
    }
}
