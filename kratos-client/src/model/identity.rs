//! An identity: a user account.

use crate::model::{
    ExtraFields,
    address::{RecoveryAddress, VerifiableAddress},
    credentials::{CredentialsType, IdentityCredentials},
    lenient::text_fields,
    lenient_object::lenient_object,
    text_enum::text_enum,
};
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::DecodeError;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;

ory_http::text_newtype! {
    /// The id of an identity: a UUID without personal data. Use it as the subject of permissions.
    ///
    /// [`IdentityId::new`] takes a `Uuid` of the crate `uuid`, and `id.as_str().parse::<Uuid>()`
    /// returns one.
    IdentityId
}

ory_http::text_newtype! {
    /// The id of an identity schema, such as `default`.
    SchemaId
}

ory_http::text_newtype! {
    /// The id of an identity in another system. The application chooses it.
    ExternalId
}

/// An identity with traits of type `T`. `Debug` redacts traits, metadata, credentials and
/// addresses.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/overview>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Identity<T = Value> {
    /// The id.
    pub id: IdentityId,
    /// The external id.
    #[debug("[redacted]")]
    pub external_id: Option<ExternalId>,
    /// The id of the identity schema.
    pub schema_id: SchemaId,
    /// The URL of the identity schema.
    pub schema_url: Option<String>,
    /// The state. An inactive identity can't log in.
    pub state: Option<IdentityState>,
    /// The time of the last change of the state.
    pub state_changed_at: Option<Timestamp>,
    /// The traits, which the identity schema defines: email address, name and so on.
    #[debug("[redacted]")]
    pub traits: T,
    /// The credentials by their type. Only the admin API returns them, and not in every response.
    #[debug("[redacted]")]
    pub credentials: Option<BTreeMap<CredentialsType, IdentityCredentials>>,
    /// The addresses that can be verified.
    pub verifiable_addresses: Option<Vec<VerifiableAddress>>,
    /// The addresses by which the account can be recovered.
    pub recovery_addresses: Option<Vec<RecoveryAddress>>,
    /// The public metadata, which the identity's owner can read.
    #[debug("[redacted]")]
    pub metadata_public: Option<Value>,
    /// The admin metadata, which only the admin API returns.
    #[debug("[redacted]")]
    pub metadata_admin: Option<Value>,
    /// The id of the organization, on Ory Network and in Ory Enterprise.
    pub organization_id: Option<String>,
    /// The region of Ory Network that stores the identity. Newer than Kratos v26.2.
    pub region: Option<Region>,
    /// The time at which the identity was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

lenient_object!(Identity<T: DeserializeOwned, Serialize> {
    needed: [id, traits],
    lenient: [
        external_id, schema_id, schema_url, state, state_changed_at, credentials,
        verifiable_addresses, recovery_addresses, metadata_public, metadata_admin, organization_id,
        region, created_at, updated_at
    ]
});

text_fields!(SchemaId, ExternalId);

text_enum! {
    /// The state of an identity.
    IdentityState {
        /// The identity can log in.
        Active = "active",
        /// The identity can't log in.
        Inactive = "inactive",
    }
}

text_enum! {
    /// A region of Ory Network.
    ///
    /// See <https://www.ory.com/docs/security-compliance/personal-data-location>.
    Region {
        /// Central Europe.
        EuCentral = "eu-central",
        /// Northeast Asia.
        AsiaNortheast = "asia-northeast",
        /// Eastern United States.
        UsEast = "us-east",
        /// Western United States.
        UsWest = "us-west",
        /// Europe.
        Eu = "eu",
        /// Asia.
        Asia = "asia",
        /// United States.
        Us = "us",
        /// All regions.
        Global = "global",
    }
}

impl<T> Identity<T> {
    /// An active identity with these traits and no other data, such as for a test.
    pub fn new(id: impl Into<IdentityId>, schema_id: impl Into<SchemaId>, traits: T) -> Self {
        Self {
            id: id.into(),
            external_id: None,
            schema_id: schema_id.into(),
            schema_url: None,
            state: Some(IdentityState::Active),
            state_changed_at: None,
            traits,
            credentials: None,
            verifiable_addresses: None,
            recovery_addresses: None,
            metadata_public: None,
            metadata_admin: None,
            organization_id: None,
            region: None,
            created_at: None,
            updated_at: None,
            extra: ExtraFields::new(),
        }
    }
}

impl Identity {
    /// Deserializes the traits into an application type.
    ///
    /// # Errors
    /// If the traits do not match the type; the error contains the JSON path of the mismatch.
    pub fn with_traits<T: DeserializeOwned>(self) -> Result<Identity<T>, DecodeError> {
        Ok(Identity {
            traits: ory_http::from_value(self.traits)?,
            id: self.id,
            external_id: self.external_id,
            credentials: self.credentials,
            schema_id: self.schema_id,
            schema_url: self.schema_url,
            state: self.state,
            state_changed_at: self.state_changed_at,
            verifiable_addresses: self.verifiable_addresses,
            recovery_addresses: self.recovery_addresses,
            metadata_public: self.metadata_public,
            metadata_admin: self.metadata_admin,
            organization_id: self.organization_id,
            region: self.region,
            created_at: self.created_at,
            updated_at: self.updated_at,
            extra: self.extra,
        })
    }
}
