//! The [`Identities`] trait: managing identities by the admin API.

use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::api::{
    admin::{
        get_identity::{DeleteIdentityCredentials, GetIdentityOptions},
        list_identities::ListIdentities,
        new_identity::{IdentityUpdate, NewIdentity},
        patch::PatchOperation,
    },
    page::PageRequest,
};
use crate::model::{
    identity::{ExternalId, Identity, IdentityId},
    session_record::SessionRecord,
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page, ServerError};

/// Manages identities and their sessions by the admin API.
///
/// # Errors
/// Every operation that takes an id fails with [`is_not_found`](crate::Error::is_not_found) if
/// there is no such identity. Operations that Kratos v0.8 does not have fail there with
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/identity>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Identities: Send + Sync {
    /// Fetches one page of the identities that match. [`IdentitiesExt::list_identities`] streams
    /// all pages.
    #[doc(alias = "listIdentities")]
    async fn list_identities_page(&self, request: &ListIdentities)
    -> Result<Page<Identity>, Error>;

    /// Fetches an identity by its id.
    #[doc(alias = "getIdentity")]
    async fn get_identity(
        &self,
        id: &IdentityId,
        options: &GetIdentityOptions,
    ) -> Result<Identity, Error>;

    /// Fetches an identity by its external id. Kratos v0.8 does not support external ids.
    #[doc(alias = "getIdentityByExternalID")]
    async fn get_identity_by_external_id(
        &self,
        id: &ExternalId,
        options: &GetIdentityOptions,
    ) -> Result<Identity, Error>;

    /// Creates an identity, optionally with imported credentials and addresses.
    ///
    /// # Errors
    /// - [`violations`](crate::ErrorExt::violations) is not empty if the traits violate the
    ///   identity schema;
    /// - [`is_conflict`](crate::Error::is_conflict) if another identity has the same identifier,
    ///   address or external id.
    #[doc(alias = "createIdentity")]
    async fn create_identity(&self, identity: &NewIdentity) -> Result<Identity, Error>;

    /// Creates up to [`MAX_BATCH_IDENTITIES`](crate::MAX_BATCH_IDENTITIES) identities in one
    /// request, and returns the id or the error of each in the order given. Kratos v0.8 does not
    /// support batches.
    ///
    /// # Errors
    /// The whole call fails if the server rejects the request: if the batch is too large, or if an
    /// identity is malformed, such as by a password hash in an unknown format.
    #[doc(alias = "batchPatchIdentities")]
    async fn create_identities(
        &self,
        identities: &[NewIdentity],
    ) -> Result<Vec<Result<IdentityId, ServerError>>, Error>;

    /// Replaces an identity. Fields that the update does not set are removed, except credentials:
    /// [`IdentityUpdate::from_identity`] starts with the current values.
    ///
    /// # Errors
    /// As [`Identities::create_identity`].
    #[doc(alias = "updateIdentity")]
    async fn update_identity(
        &self,
        id: &IdentityId,
        update: &IdentityUpdate,
    ) -> Result<Identity, Error>;

    /// Applies a JSON Patch to an identity, atomically. Kratos v0.8 does not support it.
    #[doc(alias = "patchIdentity")]
    async fn patch_identity(
        &self,
        id: &IdentityId,
        operations: &[PatchOperation],
    ) -> Result<Identity, Error>;

    /// Deletes an identity permanently, with its sessions and credentials.
    #[doc(alias = "deleteIdentity")]
    async fn delete_identity(&self, id: &IdentityId) -> Result<(), Error>;

    /// Deletes credentials of one type. The server refuses to delete the last first factor of an
    /// identity. Kratos v0.8 does not support it.
    #[doc(alias = "deleteIdentityCredentials")]
    async fn delete_identity_credentials(
        &self,
        id: &IdentityId,
        credentials: &DeleteIdentityCredentials,
    ) -> Result<(), Error>;

    /// Deletes all sessions of an identity.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) also if the identity has no session.
    #[doc(alias = "deleteIdentitySessions")]
    async fn delete_identity_sessions(&self, id: &IdentityId) -> Result<(), Error>;

    /// Fetches one page of an identity's sessions, with identity and devices.
    /// [`IdentitiesExt::list_identity_sessions`] streams all pages. Kratos v0.8 does not support
    /// it.
    #[doc(alias = "listIdentitySessions")]
    async fn list_identity_sessions_page(
        &self,
        request: &ListIdentitySessions,
    ) -> Result<Page<SessionRecord>, Error>;
}

/// Streams over the lists of [`Identities`], implemented for every [`Identities`].
pub trait IdentitiesExt: Identities {
    /// Streams all identities that match and fetches pages on demand. The stream ends after the
    /// first error.
    fn list_identities(&self, request: ListIdentities) -> BoxStream<'_, Result<Identity, Error>> {
        all_pages!(self.list_identities_page(request), "list identities")
    }

    /// Streams all sessions of an identity and fetches pages on demand. The stream ends after the
    /// first error.
    fn list_identity_sessions(
        &self,
        request: ListIdentitySessions,
    ) -> BoxStream<'_, Result<SessionRecord, Error>> {
        all_pages!(self.list_identity_sessions_page(request), "list identity sessions")
    }
}

impl<T: Identities + ?Sized> IdentitiesExt for T {}

/// The filter and the page of a list of an identity's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListIdentitySessions {
    /// The id of the identity.
    pub identity_id: IdentityId,
    /// Whether to list active or inactive sessions; `None` for both.
    pub active: Option<bool>,
    /// The page.
    pub page: PageRequest,
}

impl ListIdentitySessions {
    /// Lists all sessions of an identity.
    pub fn new(identity_id: impl Into<IdentityId>) -> Self {
        Self { identity_id: identity_id.into(), active: None, page: PageRequest::default() }
    }

    /// Lists only active (`true`) or only inactive (`false`) sessions.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    page_methods!();
}
