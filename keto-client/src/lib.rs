#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "actix")]
pub mod actix;
mod api;
#[cfg(feature = "axum")]
pub mod axum;
mod config;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "guard")]
pub mod guard;
#[cfg(any(doc, doctest))]
pub mod guide;
mod http;
mod layer;
mod model;
#[cfg(feature = "opl")]
pub mod opl;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
pub mod typed;

pub use crate::http::{KetoClient, api_version::ApiVersion, builder::KetoClientBuilder};
pub use api::batch::{BatchPermissions, CheckError, CheckResult};
pub use api::error::ErrorExt;
pub use api::expand::{Expand, ExpandRequest};
pub use api::namespaces::Namespaces;
pub use api::opl_syntax::{OplError, OplPosition, OplSyntax};
pub use api::permissions::{Check, Decision, Permissions};
pub use api::relationships::{
    ListRelationships, RelationshipPatch, Relationships, RelationshipsExt,
};
pub use config::ENVIRONMENT_VARIABLES;
#[cfg(feature = "grpc")]
pub use grpc::{KetoGrpcClient, builder::KetoGrpcClientBuilder};
#[cfg(feature = "cache")]
pub use layer::cached_permissions::CachedPermissions;
pub use layer::checked_names::CheckedNames;
pub use model::{
    name::{Namespace, Object, Relation, SubjectId},
    query::RelationQuery,
    subject::{Subject, SubjectSet},
    text::{FormatError, ParseError},
    tree::{NodeType, SubjectTree},
    tuple::RelationTuple,
};
pub use ory_http::{
    ApiKey, BasicAuth, CallOptions, CallSummary, ConfigError, Connection, DecodeError,
    EnvironmentVariable, Error, ErrorKind, HttpConfig, HttpConnector, HttpService,
    HttpServiceError, HttpServiceErrorKind, InvalidSecret, Metadata, Observer, Page, PageToken,
    Protocol, Proxy, ReasonVisibility, ReqwestConnector, RetryConfig, ServerError, Trailers,
    env_vars,
};

pub mod prelude {
    //! The traits of this crate, for a glob import.
    //!
    //! ```
    //! use keto_client::prelude::*;
    //! use keto_client::{Check, Error};
    //!
    //! async fn is_allowed(keto: &impl Permissions, check: &Check) -> Result<bool, Error> {
    //!     Ok(keto.check(check).await?.is_allowed())
    //! }
    //! ```
    pub use crate::{
        BatchPermissions, Expand, Metadata, Namespaces, OplSyntax, Permissions, Relationships,
        RelationshipsExt,
    };
    // Without its name, which the prelude of `kratos-client` has, too.
    pub use crate::ErrorExt as _;
}

pub mod reexports {
    //! The crates whose types appear in the API of this crate.
    //!
    //! A breaking change of one of their versions is a breaking change of this crate.
    #[cfg(feature = "mock")]
    pub use mockall;
    pub use {async_trait, bytes, futures_util, http, serde, serde_json, url};
}

#[cfg(feature = "mock")]
pub mod mock {
    //! Mocks of all traits, made with mockall.
    //!
    //! ```
    //! use keto_client::{Decision, Permissions, RelationTuple, Subject, mock::MockPermissions};
    //!
    //! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    //! let mut permissions = MockPermissions::new();
    //! permissions.expect_check().returning(|_| Ok(Decision::Denied));
    //!
    //! let tuple = RelationTuple::new("app", "homepage", "read", Subject::set("User", "ann", ""));
    //! assert_eq!(permissions.check(&tuple.into()).await.unwrap(), Decision::Denied);
    //! # });
    //! ```
    pub use crate::api::{
        batch::MockBatchPermissions, expand::MockExpand, namespaces::MockNamespaces,
        opl_syntax::MockOplSyntax, permissions::MockPermissions, relationships::MockRelationships,
    };
    pub use ory_http::MockMetadata;
}
