//! The routes of the admin API.

pub(super) mod courier;
pub(super) mod identities;
pub(super) mod recovery;
pub(super) mod sessions;
