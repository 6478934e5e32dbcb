//! What stands between a trait and a client: a cache, a check of names, and the splitting of
//! batches.

pub(crate) mod batching;
#[cfg(feature = "cache")]
pub(crate) mod cached_permissions;
pub(crate) mod checked_names;
mod delegate;
