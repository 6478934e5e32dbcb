//! Identities on their way to the server.

use crate::api::admin::import::{ImportedPassword, NewAddress, ProviderAccount};
use crate::model::identity::{ExternalId, Identity, IdentityState, SchemaId};
use derive_more::Debug;
use serde_json::Value;

/// The methods that a new identity and an update share.
macro_rules! common_methods {
    () => {
        /// What the application keeps and the person may see.
        #[must_use]
        pub fn metadata_public(mut self, metadata: Value) -> Self {
            self.metadata_public = Some(metadata);
            self
        }

        /// What the application keeps for itself.
        #[must_use]
        pub fn metadata_admin(mut self, metadata: Value) -> Self {
            self.metadata_admin = Some(metadata);
            self
        }

        /// The id in another system; no two identities have the same.
        #[must_use]
        pub fn external_id(mut self, id: impl Into<ExternalId>) -> Self {
            self.external_id = Some(id.into());
            self
        }

        /// The password to log in with.
        #[must_use]
        pub fn password(mut self, password: ImportedPassword) -> Self {
            self.credentials.password = Some(password);
            self
        }

        /// A social sign-in by `OpenID` Connect. Call it once for each.
        #[must_use]
        pub fn oidc(mut self, link: ProviderAccount) -> Self {
            self.credentials.oidc.push(link);
            self
        }

        /// An enterprise sign-in by SAML. Call it once for each.
        #[must_use]
        pub fn saml(mut self, link: ProviderAccount) -> Self {
            self.credentials.saml.push(link);
            self
        }
    };
}

/// Credentials that an identity brings along.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImportedCredentials {
    pub(crate) password: Option<ImportedPassword>,
    pub(crate) oidc: Vec<ProviderAccount>,
    pub(crate) saml: Vec<ProviderAccount>,
}

impl ImportedCredentials {
    pub(crate) fn is_empty(&self) -> bool {
        self.password.is_none() && self.oidc.is_empty() && self.saml.is_empty()
    }
}

/// An identity to create. `Debug` hides what [`Identity`]'s hides. v0.8 takes schema, traits and
/// state.
///
/// ```
/// use kratos_client::{AddressType, ImportedPassword, NewAddress, NewIdentity};
/// use serde_json::json;
///
/// let ann = NewIdentity::new("default", json!({"email": "ann@example.test"}))
///     .password(ImportedPassword::hashed("$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"))
///     .verifiable_address(NewAddress::verified(AddressType::Email, "ann@example.test"));
/// assert!(!format!("{ann:?}").contains("ann@"));
/// ```
#[derive(Clone, Debug)]
pub struct NewIdentity {
    pub(crate) schema_id: SchemaId,
    #[debug("[redacted]")]
    pub(crate) traits: Value,
    pub(crate) state: Option<IdentityState>,
    pub(crate) credentials: ImportedCredentials,
    pub(crate) verifiable_addresses: Vec<NewAddress>,
    pub(crate) recovery_addresses: Vec<NewAddress>,
    #[debug("[redacted]")]
    pub(crate) metadata_public: Option<Value>,
    #[debug("[redacted]")]
    pub(crate) metadata_admin: Option<Value>,
    #[debug("[redacted]")]
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) organization_id: Option<String>,
}

impl NewIdentity {
    /// An identity with traits that satisfy the schema.
    pub fn new(schema_id: impl Into<SchemaId>, traits: Value) -> Self {
        Self {
            schema_id: schema_id.into(),
            traits,
            state: None,
            credentials: ImportedCredentials::default(),
            verifiable_addresses: Vec::new(),
            recovery_addresses: Vec::new(),
            metadata_public: None,
            metadata_admin: None,
            external_id: None,
            organization_id: None,
        }
    }

    /// Whether it may log in; it may by default.
    #[must_use]
    pub fn state(mut self, state: IdentityState) -> Self {
        self.state = Some(state);
        self
    }

    /// An address of the traits that can be verified, to say that it is. Call it once for each.
    #[must_use]
    pub fn verifiable_address(mut self, address: NewAddress) -> Self {
        self.verifiable_addresses.push(address);
        self
    }

    /// An address of the traits to recover the account by. Call it once for each.
    #[must_use]
    pub fn recovery_address(mut self, address: NewAddress) -> Self {
        self.recovery_addresses.push(address);
        self
    }

    /// The organization that it belongs to.
    #[must_use]
    pub fn organization_id(mut self, id: impl Into<String>) -> Self {
        self.organization_id = Some(id.into());
        self
    }

    common_methods!();

    /// Whether v0.8 knows all that is set.
    pub(crate) fn is_plain(&self) -> bool {
        self.credentials.is_empty()
            && self.verifiable_addresses.is_empty()
            && self.recovery_addresses.is_empty()
            && self.organization_id.is_none()
            && [&self.metadata_public, &self.metadata_admin].iter().all(|m| m.is_none())
            && self.external_id.is_none()
    }
}

/// What an identity is to be from now on. `Debug` hides what [`Identity`]'s hides. v0.8 takes
/// schema, traits and state.
#[derive(Clone, Debug)]
pub struct IdentityUpdate {
    pub(crate) schema_id: SchemaId,
    #[debug("[redacted]")]
    pub(crate) traits: Value,
    /// `None` leaves it as it is.
    pub(crate) state: Option<IdentityState>,
    pub(crate) credentials: ImportedCredentials,
    #[debug("[redacted]")]
    pub(crate) metadata_public: Option<Value>,
    #[debug("[redacted]")]
    pub(crate) metadata_admin: Option<Value>,
    #[debug("[redacted]")]
    pub(crate) external_id: Option<ExternalId>,
}

impl IdentityUpdate {
    /// Schema, traits and state; no metadata and no external id.
    pub fn new(schema_id: impl Into<SchemaId>, traits: Value, state: IdentityState) -> Self {
        Self {
            schema_id: schema_id.into(),
            traits,
            state: Some(state),
            credentials: ImportedCredentials::default(),
            metadata_public: None,
            metadata_admin: None,
            external_id: None,
        }
    }

    /// What the identity is already, with all its metadata. A session's identity has no admin
    /// metadata: take one that the admin API told. The server keeps a state that it did not tell,
    /// or that can't be read.
    pub fn of(identity: &Identity) -> Self {
        Self {
            schema_id: identity.schema_id.clone(),
            traits: identity.traits.clone(),
            state: identity.state.clone(),
            credentials: ImportedCredentials::default(),
            metadata_public: identity.metadata_public.clone(),
            metadata_admin: identity.metadata_admin.clone(),
            external_id: identity.external_id.clone(),
        }
    }

    /// Other traits.
    #[must_use]
    pub fn traits(mut self, traits: Value) -> Self {
        self.traits = traits;
        self
    }

    /// Whether the identity may log in.
    #[must_use]
    pub fn state(mut self, state: IdentityState) -> Self {
        self.state = Some(state);
        self
    }

    common_methods!();

    /// Whether v0.8 knows all that is set.
    pub(crate) fn is_plain(&self) -> bool {
        self.credentials.is_empty()
            && [&self.metadata_public, &self.metadata_admin].iter().all(|m| m.is_none())
            && self.external_id.is_none()
    }
}
