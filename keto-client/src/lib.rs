#![doc = include_str!("../README.md")]

mod batch;
#[cfg(feature = "cache")]
mod cached;
mod client;
mod expand;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "grpc")]
mod grpc;
mod many;
mod model;
mod namespaces;
mod opl;
mod permissions;
mod relationships;
mod settings;
mod validated;

pub use batch::{BatchPermissions, CheckError, CheckResult};
#[cfg(feature = "cache")]
pub use cached::CachedPermissions;
pub use client::{Dialect, KetoClient, KetoClientBuilder};
pub use expand::{Expand, ExpandRequest};
#[cfg(feature = "grpc")]
pub use grpc::{KetoGrpcClient, KetoGrpcClientBuilder};
pub use model::{
    Namespace, NoTextForm, NodeType, Object, ParseError, Relation, RelationQuery, RelationTuple,
    Subject, SubjectId, SubjectSet, SubjectTree,
};
pub use namespaces::Namespaces;
pub use opl::{OplError, OplPosition, OplSyntax};
pub use ory_http::{
    ApiKey, ConfigError, DecodeError, Error, ErrorKind, HttpConfig, InvalidSecret, Metadata, Page,
    PageToken, RetryConfig, ServerError, Setting, env_vars,
};
pub use permissions::{Check, Decision, Permissions};
pub use relationships::{Change, ListRequest, Relationships, RelationshipsExt};
pub use settings::SETTINGS;
pub use validated::Validated;

#[cfg(feature = "mock")]
pub mod mock {
    //! A mockall mock of every trait.
    //!
    //! ```
    //! use keto_client::{Decision, Permissions, RelationTuple, Subject, mock::MockPermissions};
    //!
    //! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    //! let mut permissions = MockPermissions::new();
    //! permissions.expect_check().returning(|_| Ok(Decision::Denied));
    //!
    //! let tuple = RelationTuple::new("app", "homepage", "read", Subject::id("ann"));
    //! assert_eq!(permissions.check(&tuple.into()).await.unwrap(), Decision::Denied);
    //! # });
    //! ```
    pub use crate::{
        batch::MockBatchPermissions, expand::MockExpand, namespaces::MockNamespaces,
        opl::MockOplSyntax, permissions::MockPermissions, relationships::MockRelationships,
    };
    pub use ory_http::MockMetadata;
}
