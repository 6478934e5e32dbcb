//! Managing identities.

use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::api::{
    admin::{
        list_identities::ListIdentities,
        new_identity::{IdentityUpdate, NewIdentity},
        patch::PatchOperation,
    },
    page::PageRequest,
};
use crate::model::{
    credentials::CredentialsType,
    identity::{ExternalId, Identity, IdentityId},
    session::SessionRecord,
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page, ServerError};

/// Manages identities and their sessions. It needs the admin API.
///
/// An identity that does not exist is an error with [`is_not_found`](crate::Error::is_not_found).
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/identity>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Identities: Send + Sync {
    /// One page of the identities that match. [`IdentitiesExt::list_identities`] walks all pages.
    #[doc(alias = "listIdentities")]
    async fn list_identities_page(&self, request: &ListIdentities)
    -> Result<Page<Identity>, Error>;

    /// An identity, with the configuration of these kinds of credentials. v0.8 can include
    /// [`CredentialsType::Oidc`] and no other.
    #[doc(alias = "getIdentity")]
    async fn get_identity(
        &self,
        id: &IdentityId,
        include: &[CredentialsType],
    ) -> Result<Identity, Error>;

    /// An identity by its id in another system. v0.8 has no such ids.
    #[doc(alias = "getIdentityByExternalID")]
    async fn get_identity_by_external_id(
        &self,
        id: &ExternalId,
        include: &[CredentialsType],
    ) -> Result<Identity, Error>;

    /// Creates an identity, perhaps with credentials from elsewhere. Traits that violate the
    /// schema are errors with [`violations`](crate::ErrorExt::violations), an address that somebody has is
    /// one with [`is_conflict`](crate::Error::is_conflict).
    #[doc(alias = "createIdentity")]
    async fn create_identity(&self, identity: &NewIdentity) -> Result<Identity, Error>;

    /// Creates up to [`crate::BATCH_LIMIT`] identities: the id or the error of each, in the order
    /// given. An `Err` of the whole is about the request: too many, or one that the server could
    /// not read, such as one with a password hash of a kind that it does not know. v0.8 has no
    /// batches.
    #[doc(alias = "batchPatchIdentities")]
    async fn create_identities(
        &self,
        identities: &[NewIdentity],
    ) -> Result<Vec<Result<IdentityId, ServerError>>, Error>;

    /// Replaces an identity: what the update leaves out is gone, but for credentials. Start from
    /// [`IdentityUpdate::of`] to keep the rest.
    #[doc(alias = "updateIdentity")]
    async fn update_identity(
        &self,
        id: &IdentityId,
        update: &IdentityUpdate,
    ) -> Result<Identity, Error>;

    /// Changes parts of an identity, all or none. v0.8 has no such operation.
    #[doc(alias = "patchIdentity")]
    async fn patch_identity(
        &self,
        id: &IdentityId,
        operations: &[PatchOperation],
    ) -> Result<Identity, Error>;

    /// Deletes an identity for good, with its sessions and credentials.
    #[doc(alias = "deleteIdentity")]
    async fn delete_identity(&self, id: &IdentityId) -> Result<(), Error>;

    /// Deletes credentials of one kind. For [`CredentialsType::Oidc`] and
    /// [`CredentialsType::Saml`] the identifier says which, such as `google:123`. The server keeps
    /// somebody's last first factor. v0.8 has no such operation.
    #[doc(alias = "deleteIdentityCredentials")]
    async fn delete_identity_credentials(
        &self,
        id: &IdentityId,
        kind: &CredentialsType,
        identifier: Option<String>,
    ) -> Result<(), Error>;

    /// Deletes all sessions of an identity. The error [`is_not_found`](crate::Error::is_not_found) where
    /// there is none.
    #[doc(alias = "deleteIdentitySessions")]
    async fn delete_identity_sessions(&self, id: &IdentityId) -> Result<(), Error>;

    /// One page of an identity's sessions, with identity and devices.
    /// [`IdentitiesExt::list_identity_sessions`] walks all pages. v0.8 has no such operation.
    #[doc(alias = "listIdentitySessions")]
    async fn list_identity_sessions_page(
        &self,
        request: &ListIdentitySessions,
    ) -> Result<Page<SessionRecord>, Error>;
}

/// What every [`Identities`] can do by its own operations.
pub trait IdentitiesExt: Identities {
    /// All identities that match, page by page as they are consumed. Ends after the first error.
    fn list_identities(&self, request: ListIdentities) -> BoxStream<'_, Result<Identity, Error>> {
        all_pages!(self.list_identities_page(request), "list identities")
    }

    /// All sessions of an identity, page by page as they are consumed. Ends after the first error.
    fn list_identity_sessions(
        &self,
        request: ListIdentitySessions,
    ) -> BoxStream<'_, Result<SessionRecord, Error>> {
        all_pages!(self.list_identity_sessions_page(request), "list identity sessions")
    }
}

impl<T: Identities + ?Sized> IdentitiesExt for T {}

/// Which sessions of which identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListIdentitySessions {
    pub(crate) identity: IdentityId,
    pub(crate) active: Option<bool>,
    pub(crate) page: PageRequest,
}

impl ListIdentitySessions {
    /// All sessions of an identity.
    pub fn new(identity: IdentityId) -> Self {
        Self { identity, active: None, page: PageRequest::default() }
    }

    /// Only active sessions, or only those that are not.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    page_methods!();
}
