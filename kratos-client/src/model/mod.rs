//! Sessions and identities as Kratos tells of them.
//!
//! A field that this version does not know is kept in `extra`, an enum value in `Other`: both are
//! written back as they came. A field that no decision of this crate's rests on does not make a
//! response unreadable: one that does not fit its type is as good as missing, and stands in `extra`
//! under its own name as the server sent it.

pub(crate) mod address;
pub(crate) mod authentication;
pub(crate) mod credentials;
pub(crate) mod error_id;
pub(crate) mod identity;
pub(crate) mod lenient;
pub(crate) mod lenient_object;
pub(crate) mod message;
pub(crate) mod session;
pub(crate) mod set_cookies;
pub(crate) mod text_enum;
pub(crate) mod violation;
pub(crate) mod web_url;

/// What a server sent beyond the fields that a type knows.
pub(crate) type Extra = serde_json::Map<String, serde_json::Value>;
