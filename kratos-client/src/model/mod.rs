//! Sessions and identities as Kratos tells of them.
//!
//! A field that this version does not know is kept in `extra`, an enum value in `Other`: both are
//! written back as they came.

mod address;
mod authentication;
mod identity;
mod session;

pub use address::{RecoveryAddress, VerifiableAddress};
pub use authentication::{Aal, AuthenticationMethod};
pub use identity::{Identity, IdentityId, IdentityState, SchemaId};
pub use session::{Device, Session, SessionId, SessionRecord};

/// What a server sent beyond the fields that a type knows.
pub(crate) type Extra = serde_json::Map<String, serde_json::Value>;
