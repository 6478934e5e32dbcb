//! Responses that a server may give by its OpenAPI document, for tests that ask whether a client
//! reads all of them.
//!
//! The documents themselves are Ory's. What is kept of them in `tests/openapi` are facts: the
//! fields of the responses, their types, and which are required. They are regenerated from a
//! document by
//!
//! ```sh
//! cargo run --package contract-tests --example distill_openapi -- \
//!     kratos.openapi.json > tests/openapi/kratos-v26.2.0.json
//! ```

mod distill;
mod instance;
mod mutation;
mod operation;

pub use distill::distill;
pub use instance::Document;
pub use mutation::{Kind, Mutation, mutations};
pub use operation::{Case, Decoded, Operation, decoded};
