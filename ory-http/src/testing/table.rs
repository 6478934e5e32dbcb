//! Entries in memory, and in a storage if there is one.

use super::{error_envelope::ErrorEnvelope, storage::Storage};
use http::StatusCode;
use serde::{Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, io, sync::Arc};

/// The table of the storage with the names of the tables that have been seeded.
const SEEDED: &str = "seeded";

/// Entries by key, in the order of their keys. A change is committed to the storage before it is
/// visible.
#[derive(Debug)]
pub struct Table<V> {
    name: &'static str,
    entries: BTreeMap<String, V>,
    storage: Option<Arc<dyn Storage>>,
}

impl<V: Serialize + DeserializeOwned> Table<V> {
    /// The table with what is stored of it.
    ///
    /// # Errors
    /// Returns an error if an entry cannot be read.
    pub fn open(name: &'static str, storage: Option<Arc<dyn Storage>>) -> io::Result<Self> {
        let mut entries = BTreeMap::new();
        if let Some(storage) = &storage {
            for (key, value) in storage.load(name)? {
                entries.insert(key, serde_json::from_slice(&value)?);
            }
        }
        Ok(Self { name, entries, storage })
    }

    /// Inserts the first entries, unless it had entries before, also if they were removed since.
    ///
    /// # Errors
    /// Returns an error if the storage fails.
    pub fn seed(&mut self, entries: impl IntoIterator<Item = (String, V)>) -> io::Result<()> {
        let Some(storage) = self.storage.clone() else {
            self.entries.extend(entries);
            return Ok(());
        };
        let seeded = storage.load(SEEDED)?.into_iter().any(|(table, _)| table == self.name);
        if seeded {
            return Ok(());
        }
        // Without the mark, entries are those of a run that ended before it was set.
        if self.entries.is_empty() {
            let entries = entries.into_iter().map(|(key, value)| (key, Some(value)));
            self.apply(entries.collect())
                .map_err(|error| io::Error::other(error.error()["message"].to_string()))?;
        }
        storage.commit(SEEDED, &[(self.name.to_owned(), Some(Vec::new()))])
    }

    /// The entries, without the table.
    pub fn into_entries(self) -> BTreeMap<String, V> {
        self.entries
    }

    /// The entries.
    pub fn entries(&self) -> &BTreeMap<String, V> {
        &self.entries
    }

    /// Inserts or replaces an entry.
    ///
    /// # Errors
    /// Returns 500 if the storage fails.
    pub fn insert(&mut self, key: String, value: V) -> Result<(), ErrorEnvelope> {
        self.apply(vec![(key, Some(value))])
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// Returns 500 if the storage fails.
    pub fn remove(&mut self, key: &str) -> Result<(), ErrorEnvelope> {
        self.apply(vec![(key.to_owned(), None)])
    }

    /// Makes all changes or none: the new value of an entry, or `None` to remove it.
    ///
    /// # Errors
    /// Returns 500 if the storage fails.
    pub fn apply(&mut self, changes: Vec<(String, Option<V>)>) -> Result<(), ErrorEnvelope> {
        self.commit(&changes).map_err(|error| {
            tracing::error!(%error, table = self.name, "the state could not be stored");
            ErrorEnvelope::new(StatusCode::INTERNAL_SERVER_ERROR, "the state could not be stored")
        })?;
        for (key, value) in changes {
            match value {
                Some(value) => self.entries.insert(key, value),
                None => self.entries.remove(&key),
            };
        }
        Ok(())
    }

    fn commit(&self, changes: &[(String, Option<V>)]) -> io::Result<()> {
        let Some(storage) = self.storage.as_ref().filter(|_| !changes.is_empty()) else {
            return Ok(());
        };
        let encode = |(key, value): &(String, Option<V>)| {
            let value = value.as_ref().map(serde_json::to_vec).transpose()?;
            Ok((key.clone(), value))
        };
        storage.commit(self.name, &changes.iter().map(encode).collect::<io::Result<Vec<_>>>()?)
    }
}
