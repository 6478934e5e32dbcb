//! Namespaces.

use crate::model::name::Namespace;
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Lists the namespaces of a server.
///
/// See <https://www.ory.com/docs/keto/concepts/namespaces>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Namespaces: Send + Sync {
    /// Returns all namespaces, in the order of the server.
    ///
    /// # Errors
    /// Returns [`crate::ErrorKind::Unsupported`] for Keto v0.7, which can't list namespaces.
    #[doc(alias = "listRelationshipNamespaces")]
    async fn list_namespaces(&self) -> Result<Vec<Namespace>, Error>;
}
