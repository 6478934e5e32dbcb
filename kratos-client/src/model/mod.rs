//! Sessions and identities as Kratos tells of them.
//!
//! A field that this version does not know is kept in `extra`, an enum value in `Other`: both are
//! written back as they came.

mod address;
mod authentication;
mod credentials;
mod identity;
mod message;
mod session;
mod text_enum;

pub use address::{RecoveryAddress, VerifiableAddress};
pub use authentication::{Aal, AuthenticationMethod};
pub use credentials::{CredentialsType, IdentityCredentials};
pub use identity::{ExternalId, Identity, IdentityId, IdentityState, SchemaId};
pub use message::{Dispatch, DispatchStatus, Message, MessageId, MessageStatus, MessageType};
pub use session::{Device, Session, SessionId, SessionRecord};

/// What a server sent beyond the fields that a type knows.
pub(crate) type Extra = serde_json::Map<String, serde_json::Value>;
