//! The [`IdentitySchemas`] trait: the JSON schemas of identities' traits.

use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::{ExtraFields, identity::SchemaId, lenient_object::lenient_object};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};
use serde_json::Value;

/// Reads the JSON schemas of identities' traits by the public API.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/identity-schema>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait IdentitySchemas: Send + Sync {
    /// Fetches one page of the schemas. [`IdentitySchemasExt::list_identity_schemas`] streams all
    /// pages.
    #[doc(alias = "listIdentitySchemas")]
    async fn list_identity_schemas_page(
        &self,
        request: &ListSchemas,
    ) -> Result<Page<IdentitySchema>, Error>;

    /// Fetches a schema: JSON Schema with Ory's extension keywords.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) if there is no schema with this id.
    #[doc(alias = "getIdentitySchema")]
    async fn get_identity_schema(&self, id: &SchemaId) -> Result<Value, Error>;
}

/// Streams over the list of [`IdentitySchemas`], implemented for every [`IdentitySchemas`].
pub trait IdentitySchemasExt: IdentitySchemas {
    /// Streams all schemas and fetches pages on demand. The stream ends after the first error.
    fn list_identity_schemas(
        &self,
        request: ListSchemas,
    ) -> BoxStream<'_, Result<IdentitySchema, Error>> {
        all_pages!(self.list_identity_schemas_page(request), "list identity schemas")
    }
}

impl<T: IdentitySchemas + ?Sized> IdentitySchemasExt for T {}

/// An identity schema with its id.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IdentitySchema {
    /// The id, which identities refer to by `schema_id`.
    pub id: SchemaId,
    /// The JSON Schema, with Ory's extension keywords.
    pub schema: Value,
    /// Fields that this version of the crate does not know.
    pub extra: ExtraFields,
}

impl IdentitySchema {
    /// A schema with its id.
    pub fn new(id: impl Into<SchemaId>, schema: Value) -> Self {
        Self { id: id.into(), schema, extra: ExtraFields::new() }
    }
}

lenient_object!(IdentitySchema { needed: [id], lenient: [schema] });

/// The page of a list of identity schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListSchemas {
    /// The page.
    pub page: PageRequest,
}

impl ListSchemas {
    /// Lists all schemas.
    pub fn new() -> Self {
        Self::default()
    }

    page_methods!();
}
