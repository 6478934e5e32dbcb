//! A Keto for tests, in the process of the test.
//!
//! [`KetoServer`] speaks HTTP like Keto v26.2.0, Keto v0.7.0-alpha.1 or Ory Network, and keeps its
//! relation tuples in memory. It starts in a few milliseconds on a free port of the loopback
//! interface, or without a port, records its requests, and produces the faults that a test asks for.
//!
//! It implements a subset of Keto, for tests: checks, batch checks, expand, relationships, namespaces
//! and the syntax check over HTTP. It evaluates a permission model as the
//! [`Evaluator`](crate::opl::Evaluator) does, and does not speak gRPC.
//!
//! ```
//! use keto_client::testing::{Fault, KetoServer};
//! use keto_client::{Check, Decision, Permissions, Relationships, RelationTuple};
//! use std::time::Duration;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let keto = KetoServer::start(["app", "User"])?;
//! let client = keto.client();
//!
//! let tuple: RelationTuple = "app:homepage#read@User:ann".parse()?;
//! client.create_relationship(&tuple).await?;
//! let check = Check::new(tuple);
//! assert_eq!(client.check(&check).await?, Decision::Allowed);
//! assert_eq!(keto.requests().last().unwrap().uri.path(), "/relation-tuples/check/openapi");
//!
//! // A Keto that does not respond never allows anything.
//! keto.add_fault(Fault::disconnect());
//! assert!(client.check(&check).await.is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod batch;
mod check;
mod evaluator;
mod expand;
mod query;
mod relationships;
mod routes;
mod server;
mod state;
mod syntax;
mod version;

#[doc(inline)]
pub use ory_http::testing::{Fault, RecordedRequest, Storage};
pub use server::{KetoServer, KetoServerBuilder};
pub use version::KetoVersion;
