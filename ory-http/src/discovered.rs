//! What a client finds out about its server once, and remembers.

use crate::Error;
use futures_util::future::{BoxFuture, FutureExt, WeakShared};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Something about a server that is known, or is found out by the first call that needs it.
///
/// Calls that come while it is being found out wait for the same answer, also for the same error:
/// none of them waits for more than one. An error is not remembered.
#[derive(Debug)]
pub struct Discovered<T> {
    known: OnceLock<T>,
    #[expect(clippy::type_complexity, reason = "said once")]
    under_way: Mutex<Option<WeakShared<BoxFuture<'static, Result<T, Error>>>>>,
}

impl<T: Copy + Send + Sync + 'static> Discovered<T> {
    /// To be found out.
    pub fn unknown() -> Self {
        Self { known: OnceLock::new(), under_way: Mutex::new(None) }
    }

    /// Known from the beginning.
    pub fn known(value: T) -> Self {
        Self { known: value.into(), ..Self::unknown() }
    }

    /// What is known so far.
    pub fn get_known(&self) -> Option<T> {
        self.known.get().copied()
    }

    /// What is known, or else what `find` finds out.
    pub async fn get<F>(&self, find: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if let Some(known) = self.known.get() {
            return Ok(*known);
        }
        let finding = {
            // Nothing panics while the lock is held.
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            let running = under_way.as_ref().and_then(WeakShared::upgrade);
            // One that has ended in an error is of no more use.
            match running.filter(|running| running.peek().is_none()) {
                Some(running) => running,
                None => {
                    let finding = find().boxed().shared();
                    *under_way = finding.downgrade();
                    finding
                }
            }
        };
        let value = finding.await?;
        Ok(*self.known.get_or_init(|| value))
    }
}
