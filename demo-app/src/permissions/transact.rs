//! Changes in transactions of a bounded size.

use super::is_wrong_use;
use indicatif::ProgressBar;
use keto_client::{Error, RelationshipPatch, Relationships};
use std::time::Duration;

/// What became of the changes.
#[derive(Debug, Default)]
pub(super) struct Transacted {
    /// The number of changes that were made.
    pub(super) done: usize,
    /// The changes that were not made, or of which this is not known.
    pub(super) failed: Vec<RelationshipPatch>,
    /// The first error.
    pub(super) error: Option<Error>,
}

/// Makes changes in transactions of at most `size` changes.
///
/// A transaction that the server refuses is split, until the changes that it refuses are alone. If one
/// that only deletes gets no response, smaller ones go on: Keto closes connections after ten seconds,
/// which many deletes can take on `SQLite`, and tuples can be deleted again. An error of any other kind
/// ends the run: the changes from there on are among those that failed.
pub(super) async fn transact(
    keto: &impl Relationships,
    changes: Vec<RelationshipPatch>,
    size: usize,
    progress: &ProgressBar,
) -> Transacted {
    let mut result = Transacted::default();
    let mut batches = batches_of(&changes, size);
    while let Some(mut batch) = batches.pop() {
        match write(|| keto.patch_relationships(&batch)).await {
            Ok(()) => {
                result.done += batch.len();
                progress.inc(batch.len() as u64);
            }
            Err(error) if is_wrong_use(&error) && batch.len() > 1 => {
                batches.push(batch.split_off(batch.len() / 2));
                batches.push(batch);
            }
            Err(error) if error.status().is_none() && batch.len() > 1 && only_deletes(&batch) => {
                let size = batch.len().div_ceil(4);
                let rest = batches.into_iter().rev().flatten();
                let rest: Vec<_> = batch.into_iter().chain(rest).collect();
                batches = batches_of(&rest, size);
            }
            Err(error) => {
                let refused = is_wrong_use(&error);
                result.error.get_or_insert(error);
                result.failed.append(&mut batch);
                if !refused {
                    result.failed.extend(batches.into_iter().rev().flatten());
                    return result;
                }
            }
        }
    }
    result
}

/// The batch to be sent next is the last one.
fn batches_of(changes: &[RelationshipPatch], size: usize) -> Vec<Vec<RelationshipPatch>> {
    changes.chunks(size).rev().map(<[_]>::to_vec).collect()
}

fn only_deletes(batch: &[RelationshipPatch]) -> bool {
    batch.iter().all(|change| matches!(change, RelationshipPatch::Delete(_)))
}

/// Makes a write again that the server has rolled back, because its database could not serialize
/// concurrent transactions or it had too much to do.
pub(crate) async fn write<F>(attempt: impl Fn() -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), Error>>,
{
    let mut attempts = 1;
    loop {
        match attempt().await {
            Err(error) if was_rolled_back(&error) && attempts < MAX_ATTEMPTS => {
                tokio::time::sleep(DELAY * attempts).await;
                attempts += 1;
            }
            result => return result,
        }
    }
}

const MAX_ATTEMPTS: u32 = 10;
const DELAY: Duration = Duration::from_millis(50);

/// A response of the server itself. That of a gateway says nothing about what the server did.
fn was_rolled_back(error: &Error) -> bool {
    let status = error.server_error().map(|refusal| refusal.status().as_u16());
    error.is_retryable() && matches!(status, Some(400 | 429))
}

#[cfg(test)]
mod tests {
    use super::*;
    use keto_client::{ErrorKind, RelationTuple, Subject, mock::MockRelationships};
    use std::sync::{Arc, Mutex};

    fn change(number: usize) -> RelationshipPatch {
        RelationshipPatch::Insert(RelationTuple::new(
            "n",
            number.to_string(),
            "r",
            Subject::id("x"),
        ))
    }

    #[tokio::test]
    async fn what_is_refused_is_found_and_the_rest_is_done() {
        let done = Arc::new(Mutex::new(Vec::new()));
        let mut keto = MockRelationships::new();
        let seen = done.clone();
        keto.expect_patch_relationships().returning(move |batch| {
            if batch.contains(&change(3)) || batch.contains(&change(8)) {
                let problem = "refused".to_owned();
                return Err(Error::new("patch", ErrorKind::InvalidInput { problem }));
            }
            seen.lock().unwrap().extend(batch.to_vec());
            Ok(())
        });
        let changes: Vec<_> = (0..10).map(change).collect();
        let result = transact(&keto, changes, 4, &ProgressBar::hidden()).await;
        assert_eq!(result.failed, [change(3), change(8)]);
        assert_eq!(result.done, 8);
        assert_eq!(done.lock().unwrap().len(), 8);
        assert!(result.error.is_some());
    }

    #[tokio::test]
    async fn deletes_without_a_response_are_made_in_smaller_transactions() {
        let tuple =
            |number: usize| RelationTuple::new("n", number.to_string(), "r", Subject::id("x"));
        let delete = |number| RelationshipPatch::Delete(tuple(number));
        let done = Arc::new(Mutex::new(Vec::new()));
        let mut keto = MockRelationships::new();
        let seen = done.clone();
        keto.expect_patch_relationships().returning(move |batch| {
            if batch.len() > 3 {
                return Err(Error::new("patch", ErrorKind::Transport("closed".into())));
            }
            seen.lock().unwrap().extend(batch.to_vec());
            Ok(())
        });
        let deletes: Vec<_> = (0..20).map(delete).collect();
        let result = transact(&keto, deletes.clone(), 8, &ProgressBar::hidden()).await;
        assert_eq!((result.done, result.failed.len()), (20, 0));
        assert_eq!(*done.lock().unwrap(), deletes);

        // A server that never responds ends it.
        let mut keto = MockRelationships::new();
        keto.expect_patch_relationships()
            .times(3)
            .returning(|_| Err(Error::new("patch", ErrorKind::Transport("closed".into()))));
        let result = transact(&keto, deletes.clone(), 8, &ProgressBar::hidden()).await;
        assert_eq!((result.done, result.failed), (0, deletes));
        assert!(result.error.is_some());
    }

    #[tokio::test]
    async fn no_answer_ends_the_run_and_nothing_is_lost() {
        let mut keto = MockRelationships::new();
        keto.expect_patch_relationships().times(1).returning(|_| Ok(()));
        keto.expect_patch_relationships()
            .times(1)
            .returning(|_| Err(Error::new("patch", ErrorKind::Timeout("late".into()))));
        let changes: Vec<_> = (0..10).map(change).collect();
        let result = transact(&keto, changes, 4, &ProgressBar::hidden()).await;
        assert_eq!(result.done, 4);
        assert_eq!(result.failed, (4..10).map(change).collect::<Vec<_>>());
    }
}
