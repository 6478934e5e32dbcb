//! The traits of the admin API.

pub(crate) mod batch;
pub(crate) mod courier;
pub(crate) mod get_identity;
pub(crate) mod identities;
pub(crate) mod import;
pub(crate) mod list_identities;
pub(crate) mod manage_sessions;
pub(crate) mod new_identity;
pub(crate) mod patch;
pub(crate) mod recovery;
pub(crate) mod sessions;
