//! The file in which the embedded servers keep their state, if `DATA_FILE` names one, and the page of
//! permissions its changes.

use keto_client::testing::Storage;
use redb::{
    Database, ReadableDatabase, ReadableTable, TableDefinition, TableError, backends::FileBackend,
};
use std::{fs::OpenOptions, io, path::Path, sync::Arc};

/// A storage in one file. A change is on the disk before it is confirmed.
#[derive(Debug)]
pub(crate) struct DataFile(Database);

impl DataFile {
    /// Opens the file that a setting names, or creates it. Only its owner may read it: it has password
    /// hashes and session tokens.
    ///
    /// # Errors
    /// If it can't be opened, with the name of the setting.
    pub(crate) fn open(setting: &str, path: &Path) -> io::Result<Arc<dyn Storage>> {
        let open = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let backend = FileBackend::new(options.open(path)?).map_err(io::Error::other)?;
            Database::builder().create_with_backend(backend).map_err(io::Error::other)
        };
        let named = |error: io::Error| {
            let text = format!("{setting} {} cannot be opened: {error}", path.display());
            io::Error::new(error.kind(), text)
        };
        Ok(Arc::new(Self(open().map_err(named)?)))
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
