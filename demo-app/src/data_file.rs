//! The file in which the embedded servers keep their state, if `DATA_FILE` names one.

use keto_client::testing::Storage;
use redb::{
    Database, ReadableDatabase, ReadableTable, TableDefinition, TableError, backends::FileBackend,
};
use std::{fs::OpenOptions, io, path::Path};

/// A storage in one file. A change is on the disk before it is confirmed.
#[derive(Debug)]
pub(crate) struct DataFile(Database);

impl DataFile {
    /// Opens a file, or creates it. Only its owner may read it: it has password hashes and session
    /// tokens.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let backend = FileBackend::new(file).map_err(io::Error::other)?;
        Database::builder().create_with_backend(backend).map(Self).map_err(io::Error::other)
    }
}

fn definition(table: &str) -> TableDefinition<'_, &'static str, &'static [u8]> {
    TableDefinition::new(table)
}

impl Storage for DataFile {
    fn load(&self, table: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
        let transaction = self.0.begin_read().map_err(io::Error::other)?;
        let table = match transaction.open_table(definition(table)) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(io::Error::other(error)),
        };
        let entries = table.iter().map_err(io::Error::other)?;
        let entry = |entry: Result<_, redb::StorageError>| {
            let (key, value): (redb::AccessGuard<'_, &str>, redb::AccessGuard<'_, &[u8]>) =
                entry.map_err(io::Error::other)?;
            Ok((key.value().to_owned(), value.value().to_vec()))
        };
        entries.map(entry).collect()
    }

    fn commit(&self, table: &str, changes: &[(String, Option<Vec<u8>>)]) -> io::Result<()> {
        // By default, a commit returns when the data is on the disk.
        let transaction = self.0.begin_write().map_err(io::Error::other)?;
        {
            let mut table = transaction.open_table(definition(table)).map_err(io::Error::other)?;
            for (key, value) in changes {
                match value {
                    Some(value) => table.insert(&**key, &**value).map_err(io::Error::other)?,
                    None => table.remove(&**key).map_err(io::Error::other)?,
                };
            }
        }
        transaction.commit().map_err(io::Error::other)
    }
}
