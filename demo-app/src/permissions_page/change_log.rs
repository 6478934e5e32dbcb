//! Who changed what and when.

use super::change::Step;
use jiff::Timestamp;
use keto_client::testing::Storage;
use serde::{Deserialize, Serialize};
use std::{
    io,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// The changes that were made on the page, and their order: only one is made at a time.
///
/// An entry is stored before its change is sent to Keto, so that no change is without one, and again
/// when Keto has answered. Without a storage it is kept in memory, with the last 1,000 entries.
#[derive(Debug)]
pub struct ChangeLog {
    turn: Mutex<()>,
    entries: RwLock<Vec<Entry>>,
    storage: Option<Arc<dyn Storage>>,
}

/// A change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The id of the preview that was confirmed, which is confirmed only once.
    pub(super) id: Uuid,
    /// When it was confirmed.
    pub(super) at: Timestamp,
    /// The id of the identity that confirmed it.
    pub(super) by: String,
    /// The tuples that it creates and deletes.
    pub(super) steps: Vec<Step>,
    pub(super) outcome: Outcome,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It was sent to Keto, and the answer is not known.
    Sent,
    /// Keto confirmed it.
    Made,
    /// Keto refused it.
    Refused,
}

const TABLE: &str = "permission_changes";
const MAX_IN_MEMORY: usize = 1_000;

impl ChangeLog {
    /// Reads the changes of a storage.
    ///
    /// # Errors
    /// If the storage can't be read.
    pub fn open(storage: Option<Arc<dyn Storage>>) -> io::Result<Self> {
        let mut entries = Vec::new();
        if let Some(storage) = &storage {
            for (_, entry) in storage.load(TABLE)? {
                entries.push(serde_json::from_slice(&entry)?);
            }
        }
        Ok(Self { turn: Mutex::new(()), entries: RwLock::new(entries), storage })
    }

    /// Whether entries outlive the program.
    pub(super) fn is_stored(&self) -> bool {
        self.storage.is_some()
    }

    /// Waits until no other change is being made.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry with this id.
    pub(super) fn find(&self, id: Uuid) -> Option<Entry> {
        self.read().iter().rev().find(|entry| entry.id == id).cloned()
    }

    /// The last change that Keto confirmed, which can be undone.
    pub(super) fn last_made(&self) -> Option<Entry> {
        self.read().iter().rev().find(|entry| entry.outcome == Outcome::Made).cloned()
    }

    /// A page of entries, the newest first, and whether there are more.
    pub(super) fn page(&self, number: usize, size: usize) -> (Vec<Entry>, bool) {
        let entries = self.read();
        let skipped = number.saturating_mul(size);
        let page = entries.iter().rev().skip(skipped).take(size).cloned().collect();
        (page, entries.len() > skipped.saturating_add(size))
    }

    /// Stores an entry, in place of the one with its id.
    ///
    /// # Errors
    /// If the storage fails. The entry is not there then.
    pub(super) fn put(&self, entry: Entry) -> io::Result<()> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let index = entries.iter().rposition(|other| other.id == entry.id);
        if let Some(storage) = &self.storage {
            let key = format!("{:020}", index.unwrap_or(entries.len()));
            storage.commit(TABLE, &[(key, Some(serde_json::to_vec(&entry)?))])?;
        }
        match index {
            Some(index) => entries[index] = entry,
            None => entries.push(entry),
        }
        if self.storage.is_none() && entries.len() > MAX_IN_MEMORY {
            entries.remove(0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_file::DataFile;

    fn entry(outcome: Outcome) -> Entry {
        let (id, at) = (Uuid::new_v4(), Timestamp::now());
        Entry { id, at, by: "ann".to_owned(), steps: Vec::new(), outcome }
    }

    #[test]
    fn entries_outlive_the_program_in_their_order() {
        let path = std::env::temp_dir().join(format!("change-log-{}.redb", Uuid::new_v4()));
        let open = || ChangeLog::open(Some(DataFile::open("AUDIT_FILE", &path).unwrap())).unwrap();
        let log = open();
        let entries: Vec<_> = (0..12).map(|_| entry(Outcome::Sent)).collect();
        for entry in &entries {
            log.put(entry.clone()).unwrap();
        }
        log.put(Entry { outcome: Outcome::Made, ..entries[3].clone() }).unwrap();
        drop(log);

        let log = open();
        assert_eq!(log.last_made().unwrap().id, entries[3].id);
        assert_eq!(log.find(entries[4].id).unwrap().outcome, Outcome::Sent);
        let ids = |(page, has_more): (Vec<Entry>, bool)| {
            (page.iter().map(|entry| entry.id).collect::<Vec<_>>(), has_more)
        };
        let newest_first: Vec<_> = entries.iter().rev().map(|entry| entry.id).collect();
        assert_eq!(ids(log.page(0, 10)), (newest_first[..10].to_vec(), true));
        assert_eq!(ids(log.page(1, 10)), (newest_first[10..].to_vec(), false));
        assert_eq!(ids(log.page(usize::MAX, 10)), (Vec::new(), false));
        drop(log);
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn without_a_storage_only_the_newest_are_kept() {
        let log = ChangeLog::open(None).unwrap();
        let first = entry(Outcome::Made);
        log.put(first.clone()).unwrap();
        for _ in 0..MAX_IN_MEMORY {
            log.put(entry(Outcome::Made)).unwrap();
        }
        assert!(log.find(first.id).is_none() && !log.is_stored());
        assert_eq!(log.page(0, MAX_IN_MEMORY + 1).0.len(), MAX_IN_MEMORY);
    }
}
