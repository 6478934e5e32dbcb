#![doc = include_str!("../README.md")]

#[cfg(feature = "cache")]
mod cached;
mod client;
mod model;
mod permissions;
mod relationships;

#[cfg(feature = "cache")]
pub use cached::CachedPermissions;
pub use client::{Dialect, KetoClient, KetoClientBuilder, SETTINGS};
pub use model::{
    Namespace, NoTextForm, Object, ParseError, Relation, RelationQuery, RelationTuple, Subject,
    SubjectId, SubjectSet,
};
pub use ory_http::{
    ApiKey, ConfigError, DecodeError, Error, ErrorKind, HttpConfig, InvalidSecret, Metadata, Page,
    PageToken, RetryConfig, ServerError, Setting, env_vars,
};
pub use permissions::{Check, Decision, Permissions};
pub use relationships::{Change, ListRequest, Relationships, RelationshipsExt};

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
    pub use crate::{permissions::MockPermissions, relationships::MockRelationships};
    pub use ory_http::MockMetadata;
}
