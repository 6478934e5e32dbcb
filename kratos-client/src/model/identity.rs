//! Somebody that Kratos knows.

use crate::model::{
    Extra,
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
    /// The id of an identity: a UUID, and no personal data. What an application should use as the
    /// subject of permissions.
    IdentityId
}

ory_http::text_newtype! {
    /// The id of an identity schema, such as `default`.
    SchemaId
}

ory_http::text_newtype! {
    /// The id of an identity in another system, which the application chooses.
    ExternalId
}

/// Somebody that Kratos knows, with traits of type `T`. `Debug` hides traits, metadata,
/// credentials and addresses.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/overview>.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity<T = Value> {
    /// The id.
    pub id: IdentityId,
    /// Its id in another system, if one was given.
    #[debug("[redacted]")]
    pub external_id: Option<ExternalId>,
    /// The schema of the traits.
    pub schema_id: SchemaId,
    /// Where the schema can be read.
    pub schema_url: Option<String>,
    /// Whether the identity may log in.
    pub state: Option<IdentityState>,
    /// When that changed last.
    pub state_changed_at: Option<Timestamp>,
    /// What the application's schema says of somebody: email address, name and so on.
    #[debug("[redacted]")]
    pub traits: T,
    /// What the identity can log in with; only the admin API tells, and not in every answer.
    #[debug("[redacted]")]
    pub credentials: Option<BTreeMap<CredentialsType, IdentityCredentials>>,
    /// Addresses that can be verified.
    pub verifiable_addresses: Option<Vec<VerifiableAddress>>,
    /// Addresses by which the account can be recovered.
    pub recovery_addresses: Option<Vec<RecoveryAddress>>,
    /// What the application keeps and the person may see.
    #[debug("[redacted]")]
    pub metadata_public: Option<Value>,
    /// What the application keeps for itself. Only the admin API has it.
    #[debug("[redacted]")]
    pub metadata_admin: Option<Value>,
    /// The organization, on Ory Network and in enterprise builds.
    pub organization_id: Option<String>,
    /// The region of Ory Network that the identity is stored in. Newer than Kratos v26.2.
    pub region: Option<Region>,
    /// When the identity was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
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
    /// Whether an identity may log in.
    IdentityState {
        /// It may.
        Active = "active",
        /// It may not.
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

impl Identity {
    /// Reads the traits into a type of the application's own.
    ///
    /// # Errors
    /// If they don't fit; the error names the JSON path inside them.
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
