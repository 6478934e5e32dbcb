//! Which identities to list.

use crate::api::page::PageRequest;
use crate::api::page::page_methods;
use crate::model::{credentials::CredentialsType, identity::IdentityId};
use derive_more::Debug;

/// Which page of which identities. v0.8 knows pages, and none of the filters.
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
pub struct ListIdentities {
    pub(crate) ids: Vec<IdentityId>,
    #[debug("[redacted]")]
    pub(crate) credentials_identifier: Option<String>,
    #[debug("[redacted]")]
    pub(crate) similar_identifier: Option<String>,
    pub(crate) include: Vec<CredentialsType>,
    pub(crate) consistency: Option<Consistency>,
    pub(crate) organization_id: Option<String>,
    pub(crate) page: PageRequest,
}

/// How fresh a list must be, on Ory Network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consistency {
    /// As fresh as the last write.
    Strong,
    /// A few seconds old at most, and faster.
    Eventual,
}

impl ListIdentities {
    /// All identities.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these, at most 500. Those that don't exist are left out.
    #[must_use]
    pub fn ids(mut self, ids: impl IntoIterator<Item = IdentityId>) -> Self {
        self.ids = ids.into_iter().collect();
        self
    }

    /// Only who logs in with this identifier, such as an email address. It goes into the URL.
    #[must_use]
    pub fn credentials_identifier(mut self, identifier: impl Into<String>) -> Self {
        self.credentials_identifier = Some(identifier.into());
        self
    }

    /// Only who logs in with something like this. A preview of Ory's that may change.
    #[must_use]
    pub fn similar_identifier(mut self, identifier: impl Into<String>) -> Self {
        self.similar_identifier = Some(identifier.into());
        self
    }

    /// Tells the configuration of a kind of credentials, too. Call it once for each kind.
    #[must_use]
    pub fn include_credential(mut self, kind: CredentialsType) -> Self {
        self.include.push(kind);
        self
    }

    /// How fresh the list must be.
    #[must_use]
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = Some(consistency);
        self
    }

    /// Only members of this organization.
    #[must_use]
    pub fn organization_id(mut self, id: impl Into<String>) -> Self {
        self.organization_id = Some(id.into());
        self
    }

    page_methods!();

    /// Whether it asks for all identities without more.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self { page: self.page.clone(), ..Self::default() }
    }
}
