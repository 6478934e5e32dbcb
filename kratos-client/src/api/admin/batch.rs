//! How many identities one call can create.

/// How many identities a server takes in one batch.
pub const MAX_BATCH_IDENTITIES: usize = 1000;

/// How many of a batch may have a plain password, which the server has to hash.
pub const MAX_BATCH_PASSWORDS: usize = 200;
