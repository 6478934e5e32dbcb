//! Keeping the state of a server between runs.

use std::{fmt, io};

/// Keeps the state of a testing server between runs; without one, it is in memory only.
///
/// The server commits a change before it confirms it, and asks for what is stored when it starts.
pub trait Storage: fmt::Debug + Send + Sync {
    /// All entries of a table, by key.
    ///
    /// # Errors
    /// Returns an error if they cannot be read.
    fn load(&self, table: &str) -> io::Result<Vec<(String, Vec<u8>)>>;

    /// Stores all changes to a table or none: the new value of an entry, or `None` to remove it.
    ///
    /// # Errors
    /// Returns an error if nothing was stored. The server then responds with 500.
    fn commit(&self, table: &str, changes: &[(String, Option<Vec<u8>>)]) -> io::Result<()>;
}
