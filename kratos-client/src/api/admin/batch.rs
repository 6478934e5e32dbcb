//! The server's limits for a batch of identities.

/// The maximum number of identities in one call of
/// [`Identities::create_identities`](crate::Identities::create_identities).
pub const MAX_BATCH_IDENTITIES: usize = 1000;

/// The maximum number of identities in one batch with a plain-text password, which the server has
/// to hash.
pub const MAX_BATCH_PASSWORDS: usize = 200;
