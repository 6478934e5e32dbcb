//! May they? A client for [Ory Keto](https://www.ory.com/docs/keto): today's server and the v0.7
//! line, by HTTP.
//!
//! ```no_run
//! use keto_client::{Decision, KetoClient, Permissions};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let keto = KetoClient::builder().read_url("http://127.0.0.1:4466").build()?;
//! let tuple: keto_client::RelationTuple = "app:homepage#read@ann".parse()?;
//! match keto.check(&tuple.into()).await? {
//!     Decision::Allowed => println!("come in"),
//!     Decision::Denied => println!("not for you"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`Permissions`] asks, [`Relationships`] lists, grants and revokes. Both are object safe, and
//!   with the feature `mock` the module `mock` has a mockall mock of each.
//! - [`KetoClient`] implements them. It finds out which dialect the server speaks
//!   ([`Dialect::Auto`]), or is told.
//! - A denial is a value, [`Decision::Denied`]. An [`Error`] is no answer, and never an allow.

mod client;
mod model;
mod permissions;
mod relationships;

pub use client::{Dialect, KetoClient, KetoClientBuilder, SETTINGS};
pub use model::{
    Namespace, NoTextForm, Object, ParseError, Relation, RelationQuery, RelationTuple, Subject,
    SubjectId, SubjectSet,
};
pub use ory_http::{
    ApiKey, ConfigError, DecodeError, Error, ErrorKind, HttpConfig, InvalidSecret, Metadata, Page,
    PageToken, ServerError, Setting, env_vars,
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
