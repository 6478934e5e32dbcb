//! Which namespaces a server has.

use crate::model::name::Namespace;
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Lists namespaces.
///
/// See <https://www.ory.com/docs/keto/concepts/namespaces>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Namespaces: Send + Sync {
    /// All namespaces, in the server's order. Keto v0.7 can't list them; the error says so
    /// ([`crate::ErrorKind::Unsupported`]).
    #[doc(alias = "listRelationshipNamespaces")]
    async fn list_namespaces(&self) -> Result<Vec<Namespace>, Error>;
}
