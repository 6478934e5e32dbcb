//! What stands between a trait and a client: a cache of sessions.

#[cfg(feature = "cache")]
pub(crate) mod cached_sessions;
