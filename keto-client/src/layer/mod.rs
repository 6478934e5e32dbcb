//! Layers between the traits and the transports: caching, detection of unknown names, and batching.

pub(crate) mod batching;
#[cfg(feature = "cache")]
pub(crate) mod cached_permissions;
pub(crate) mod checked_names;
mod delegate;
