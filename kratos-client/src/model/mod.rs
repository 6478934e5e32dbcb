//! The JSON models of sessions, identities, messages and errors.
//!
//! Models are forward compatible: a field that this version does not know is kept in `extra`, and
//! an unknown enum value in `Other`, and both are serialized unchanged. An optional field of an
//! unexpected type does not fail the response: it is treated as missing, and its JSON value is kept
//! in `extra` under the field's name.

pub(crate) mod address;
pub(crate) mod authentication;
pub(crate) mod courier_message;
pub(crate) mod credentials;
pub(crate) mod device;
pub(crate) mod error_id;
pub(crate) mod identity;
pub(crate) mod lenient;
pub(crate) mod lenient_object;
pub(crate) mod session;
pub(crate) mod session_record;
pub(crate) mod set_cookies;
pub(crate) mod text_enum;
pub(crate) mod violation;
pub(crate) mod web_url;

/// The JSON fields of a response that a model does not declare.
pub type ExtraFields = serde_json::Map<String, serde_json::Value>;
