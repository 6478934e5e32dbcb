//! Decorators around implementations of the traits.

#[cfg(feature = "cache")]
pub(crate) mod cached_sessions;
