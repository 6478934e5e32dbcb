//! What holds for every call of a client, whatever it is sent by: a deadline, a limit of concurrent
//! calls, and retries.

use crate::{
    call::{as_one_operation, deadline},
    config::HttpConfig,
    error::{Error, ErrorKind},
    retry::{Retries, Verdict},
    setting::ConfigError,
};
use std::{future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

/// The deadline, concurrency limit and retries of a client's calls. Clones share the permits and
/// the retry budget.
#[derive(Clone, Debug)]
pub struct CallPolicy {
    timeout: Duration,
    retries: Retries,
    permits: Option<Arc<Semaphore>>,
}

impl CallPolicy {
    /// What a configuration says.
    ///
    /// # Errors
    /// If a limit is zero or too large.
    pub fn new(config: &HttpConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self {
            timeout: config.timeout,
            retries: Retries::new(config.retries.clone()),
            permits: config.max_in_flight.map(|calls| Arc::new(Semaphore::new(calls))),
        })
    }

    /// Makes attempts until one has a result that stands, within the call's deadline. A permit is
    /// held during an attempt and not while waiting for the next one.
    pub(crate) async fn run<T, F>(
        &self,
        operation: &'static str,
        idempotent: bool,
        attempt: impl Fn() -> F,
        verdict: impl Fn(&Result<T, Error>) -> Verdict,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let deadline = deadline(self.timeout);
        // Pinned where they are, so that they are not moved into the timeout.
        let attempts = pin!(async {
            let mut retries = 0;
            loop {
                let permit = self.permit().await;
                let result = attempt().await;
                drop(permit);
                let verdict = verdict(&result);
                let Some(wait) = self.retries.wait(&verdict, idempotent, retries, deadline) else {
                    return result;
                };
                retries += 1;
                log_retry(operation, retries, wait, &result);
                tokio::time::sleep(wait).await;
            }
        });
        until(deadline, operation, attempts).await
    }

    /// Runs several requests as one operation, within one deadline.
    ///
    /// # Errors
    /// Those of the operation, and [`ErrorKind::Timeout`] if it has not ended by its deadline. It
    /// is dropped then.
    pub async fn operation<T>(
        &self,
        operation: &'static str,
        requests: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // In a box, so that it is not moved, nor large futures made larger.
        let requests = Box::pin(requests);
        as_one_operation(async { until(deadline(self.timeout), operation, requests).await }).await
    }

    async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        // An error would say that the semaphore is closed, which nobody does.
        self.permits.as_ref()?.acquire().await.ok()
    }
}

fn log_retry<T>(operation: &'static str, retry: u32, wait: Duration, result: &Result<T, Error>) {
    let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok(_) => tracing::info!(operation, retry, wait_ms, "the server is busy; trying again"),
        Err(error) => tracing::info!(operation, retry, wait_ms, %error, "trying again"),
    }
}

/// The result of a call by a point in time.
async fn until<T>(
    deadline: Instant,
    operation: &'static str,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout_at(deadline, call).await {
        Ok(result) => result,
        Err(elapsed) => Err(Error::new(operation, ErrorKind::Timeout(elapsed.into()))),
    }
}
