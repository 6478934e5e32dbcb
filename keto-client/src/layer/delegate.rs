//! What a decorator passes on to its inner service as it is.

/// Implements the traits about models and about the server by the decorator's `inner()`.
macro_rules! delegate_models_and_metadata {
    ($decorator:ident) => {
        #[async_trait]
        impl<S: Expand> Expand for $decorator<S> {
            async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
                self.inner().expand(request).await
            }
        }

        #[async_trait]
        impl<S: Namespaces> Namespaces for $decorator<S> {
            async fn list_namespaces(&self) -> Result<Vec<Namespace>, Error> {
                self.inner().list_namespaces().await
            }
        }

        #[async_trait]
        impl<S: OplSyntax> OplSyntax for $decorator<S> {
            async fn check_opl_syntax(&self, source: &str) -> Result<Vec<OplError>, Error> {
                self.inner().check_opl_syntax(source).await
            }
        }

        #[async_trait]
        impl<S: Metadata> Metadata for $decorator<S> {
            async fn is_alive(&self) -> Result<bool, Error> {
                self.inner().is_alive().await
            }

            async fn is_ready(&self) -> Result<bool, Error> {
                self.inner().is_ready().await
            }

            async fn version(&self) -> Result<String, Error> {
                self.inner().version().await
            }
        }
    };
}

#[cfg(feature = "cache")]
use super::cached_permissions::CachedPermissions;
use super::checked_names::CheckedNames;
use crate::{
    api::{
        expand::{Expand, ExpandRequest},
        namespaces::Namespaces,
        opl_syntax::{OplError, OplSyntax},
    },
    model::{name::Namespace, tree::SubjectTree},
};
use async_trait::async_trait;
use ory_http::{Error, Metadata};

delegate_models_and_metadata!(CheckedNames);
#[cfg(feature = "cache")]
delegate_models_and_metadata!(CachedPermissions);
