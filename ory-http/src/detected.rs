//! What a client finds out about its server once, and remembers.

use crate::Error;
use futures_util::future::{BoxFuture, FutureExt, WeakShared};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Something about a server that is known, or is found out by the first call that needs it.
///
/// Calls that come while it is being found out wait for the same answer, also for the same error:
/// none of them waits for more than one. An error is not remembered. Clones know the same.
#[derive(Clone, Debug)]
pub struct Detected<T>(Arc<State<T>>);

#[derive(Debug)]
struct State<T> {
    known: OnceLock<T>,
    #[expect(clippy::type_complexity, reason = "said once")]
    under_way: Mutex<Option<WeakShared<BoxFuture<'static, Result<T, Error>>>>>,
}

impl<T: Copy + Send + Sync + 'static> Detected<T> {
    /// To be found out.
    pub fn unknown() -> Self {
        Self::new(OnceLock::new())
    }

    /// Known from the beginning.
    pub fn known(value: T) -> Self {
        Self::new(value.into())
    }

    fn new(known: OnceLock<T>) -> Self {
        Self(Arc::new(State { known, under_way: Mutex::new(None) }))
    }

    /// What is known so far.
    pub fn get_known(&self) -> Option<T> {
        self.0.known.get().copied()
    }

    /// What is known, or else what `find` finds out.
    pub async fn get<F>(&self, find: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if let Some(known) = self.0.known.get() {
            return Ok(*known);
        }
        let finding = {
            // Nothing panics while the lock is held.
            let mut under_way = self.0.under_way.lock().unwrap_or_else(PoisonError::into_inner);
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
        Ok(*self.0.known.get_or_init(|| value))
    }
}
