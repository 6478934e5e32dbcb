//! What traits identities have.

use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::{Extra, identity::SchemaId, lenient_object::lenient_object};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};
use serde_json::Value;

/// Reads the schemas of identities' traits, from the public API.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/identity-schema>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait IdentitySchemas: Send + Sync {
    /// One page of the schemas. [`IdentitySchemasExt::list_identity_schemas`] walks all pages.
    #[doc(alias = "listIdentitySchemas")]
    async fn list_identity_schemas_page(
        &self,
        request: &ListSchemas,
    ) -> Result<Page<IdentitySchema>, Error>;

    /// A schema as the server has it: JSON Schema with Ory's extensions.
    #[doc(alias = "getIdentitySchema")]
    async fn get_identity_schema(&self, id: &SchemaId) -> Result<Value, Error>;
}

/// What every [`IdentitySchemas`] can do by its own operations.
pub trait IdentitySchemasExt: IdentitySchemas {
    /// All schemas, page by page as they are consumed. Ends after the first error.
    fn list_identity_schemas(
        &self,
        request: ListSchemas,
    ) -> BoxStream<'_, Result<IdentitySchema, Error>> {
        all_pages!(self.list_identity_schemas_page(request), "list identity schemas")
    }
}

impl<T: IdentitySchemas + ?Sized> IdentitySchemasExt for T {}

/// A schema with its id.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentitySchema {
    /// The id that identities name it by.
    pub id: SchemaId,
    /// JSON Schema with Ory's extensions.
    pub schema: Value,
    /// Fields that this version does not know.
    pub extra: Extra,
}

lenient_object!(IdentitySchema { needed: [id], lenient: [schema] });

/// Which page of the schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSchemas {
    pub(crate) page: PageRequest,
}

impl ListSchemas {
    /// All schemas.
    pub fn new() -> Self {
        Self::default()
    }

    page_methods!();
}
