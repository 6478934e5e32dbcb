//! Sessions and identities as Kratos tells of them.
//!
//! A field that this version does not know is kept in `extra`, an enum value in `Other`: both are
//! written back as they came.

pub(crate) mod address;
pub(crate) mod authentication;
pub(crate) mod credentials;
pub(crate) mod error_id;
pub(crate) mod identity;
pub(crate) mod message;
pub(crate) mod session;
pub(crate) mod set_cookies;
pub(crate) mod text_enum;

/// What a server sent beyond the fields that a type knows.
pub(crate) type Extra = serde_json::Map<String, serde_json::Value>;
