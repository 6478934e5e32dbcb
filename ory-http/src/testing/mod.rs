//! What the testing servers of both clients share: serving, routes, errors, faults and records.

mod call;
mod error_envelope;
mod fault;
mod recorded_request;
mod response;
mod router;
mod running;
mod server;
mod storage;
mod table;

/// A cheaply cloneable body.
pub use bytes::Bytes;
pub use call::Call;
pub use error_envelope::ErrorEnvelope;
pub use fault::Fault;
pub use recorded_request::RecordedRequest;
pub use response::{empty, json, see_other, text};
pub use router::{AutomaticMethod, Router};
pub use server::{Respond, TestServer};
pub use storage::Storage;
pub use table::Table;
