//! The filters and the page of a list of identities.

use crate::api::page::PageRequest;
use crate::api::page::page_methods;
use crate::model::{credentials::CredentialsType, identity::IdentityId};
use derive_more::Debug;

/// The filters and the page of a list of identities. `Debug` redacts identifiers.
///
/// Kratos v0.8 supports pages and no filter.
///
/// ```
/// use kratos_client::{CredentialsType, ListIdentities};
///
/// let request = ListIdentities::new()
///     .credentials_identifier("ann@example.test")
///     .include_credential(CredentialsType::Oidc)
///     .page_size(50);
/// assert!(!format!("{request:?}").contains("ann@"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListIdentities {
    /// The ids to filter by; empty for no filter.
    pub ids: Vec<IdentityId>,
    /// The exact login identifier to filter by.
    #[debug("[redacted]")]
    pub credentials_identifier: Option<String>,
    /// The similar login identifier to filter by.
    #[debug("[redacted]")]
    pub similar_identifier: Option<String>,
    /// The types of credentials whose configuration is included.
    pub include_credential: Vec<CredentialsType>,
    /// The read consistency, on Ory Network.
    pub consistency: Option<Consistency>,
    /// The id of the organization to filter by.
    pub organization_id: Option<String>,
    /// The page.
    pub page: PageRequest,
}

/// The read consistency of a list on Ory Network.
///
/// See <https://www.ory.com/docs/api/eventual-consistency>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Consistency {
    /// Reads include all earlier writes.
    Strong,
    /// Reads may be a few seconds stale, and are faster.
    Eventual,
}

impl ListIdentities {
    /// Lists all identities.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists only identities with these ids, at most 500. Ids that do not exist are ignored.
    #[must_use]
    pub fn ids(mut self, ids: impl IntoIterator<Item: Into<IdentityId>>) -> Self {
        self.ids = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Lists only the identity with this login identifier, such as an email address. The
    /// identifier becomes part of the request's URL.
    #[must_use]
    pub fn credentials_identifier(mut self, identifier: impl Into<String>) -> Self {
        self.credentials_identifier = Some(identifier.into());
        self
    }

    /// Lists only identities with a similar login identifier. This is a preview feature of Ory and
    /// may change.
    #[must_use]
    pub fn similar_identifier(mut self, identifier: impl Into<String>) -> Self {
        self.similar_identifier = Some(identifier.into());
        self
    }

    /// Includes the configuration of the credentials of this type. Can be called several times.
    #[must_use]
    pub fn include_credential(mut self, credentials_type: CredentialsType) -> Self {
        self.include_credential.push(credentials_type);
        self
    }

    /// Sets the read consistency, on Ory Network.
    #[must_use]
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = Some(consistency);
        self
    }

    /// Lists only members of the organization with this id.
    #[must_use]
    pub fn organization_id(mut self, id: impl Into<String>) -> Self {
        self.organization_id = Some(id.into());
        self
    }

    page_methods!();

    /// Whether the request has no parameter that Kratos v0.8 does not support.
    pub(crate) fn is_supported_by_v0_8(&self) -> bool {
        *self == Self { page: self.page.clone(), ..Self::default() }
    }
}
