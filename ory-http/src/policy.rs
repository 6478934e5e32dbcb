//! The deadline, the concurrency limit and the retries of a client's calls, independent of the
//! transport.

use crate::{
    call::{deadline, with_shared_deadline},
    config::HttpConfig,
    error::{Error, ErrorKind},
    observer::{CallSummary, Observer, call_span, error_type, record_end},
    retry::{AttemptOutcome, RetryPolicy},
    setting::ConfigError,
};
use http::StatusCode;
use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};
use tracing::Instrument;

/// Applies a deadline, a concurrency limit and retries to calls. Clones share the permits and the
/// retry budget.
#[derive(Clone, Debug)]
pub struct CallPolicy {
    timeout: Duration,
    retries: RetryPolicy,
    permits: Option<Arc<Semaphore>>,
    observer: Option<Arc<dyn Observer>>,
}

impl CallPolicy {
    /// Creates the policy of a configuration.
    ///
    /// # Errors
    /// Returns an error if a limit is zero or too large.
    pub fn new(config: &HttpConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        Ok(Self {
            timeout: config.timeout,
            retries: RetryPolicy::new(config.retries.clone()),
            permits: config.max_in_flight.map(|calls| Arc::new(Semaphore::new(calls))),
            observer: config.observer.clone(),
        })
    }

    /// The observer of the calls.
    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.observer.as_deref()
    }

    /// Makes attempts within the deadline of the call until one has a final result, in a span of the
    /// call, and tells the observer.
    pub(crate) async fn run_attempts<T, F>(
        &self,
        operation: &'static str,
        idempotent: bool,
        attempt: impl Fn(u32) -> F,
        classify: impl Fn(&Result<T, Error>) -> AttemptOutcome,
        status: impl Fn(&T) -> Option<StatusCode>,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let span = call_span(operation);
        if span.is_disabled() && self.observer.is_none() {
            return self.attempts(operation, idempotent, attempt, classify).await;
        }
        let (started, attempts) = (Instant::now(), AtomicU32::new(0));
        let attempt = |retries| {
            attempts.store(retries + 1, Ordering::Relaxed);
            attempt(retries)
        };
        // Boxed, so that a call that nobody observes is not larger for it.
        let call = Box::pin(self.attempts(operation, idempotent, attempt, classify));
        let result = call.instrument(span.clone()).await;
        let status = result.as_ref().ok().and_then(status);
        let error_type = error_type(&result, status);
        record_end(&span, error_type);
        if let Some(observer) = &self.observer {
            let (attempts, duration) = (attempts.load(Ordering::Relaxed), started.elapsed());
            let summary = CallSummary { operation, attempts, duration, status, error_type };
            observer.call_ended(&summary);
        }
        result
    }

    /// A permit is held during an attempt, but not during the delay before the next one.
    async fn attempts<T, F>(
        &self,
        operation: &'static str,
        idempotent: bool,
        attempt: impl Fn(u32) -> F,
        classify: impl Fn(&Result<T, Error>) -> AttemptOutcome,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let deadline = deadline(self.timeout);
        // Pinned in place, so that the large future is not moved into the timeout.
        let attempts = pin!(async {
            let mut retries = 0;
            loop {
                let permit = self.permit().await;
                let result = attempt(retries).await;
                drop(permit);
                let outcome = classify(&result);
                let Some(delay) = self.retries.delay(&outcome, idempotent, retries, deadline)
                else {
                    return result;
                };
                retries += 1;
                log_retry(operation, retries, delay, &result);
                tokio::time::sleep(delay).await;
            }
        });
        timeout_at(deadline, operation, attempts).await
    }

    /// Runs a future whose requests share one deadline.
    ///
    /// # Errors
    /// Returns the error of the future, or [`ErrorKind::Timeout`] if the deadline passes first. The
    /// future is dropped then.
    pub async fn with_deadline<T>(
        &self,
        operation: &'static str,
        requests: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // Boxed, so that the futures of callers stay small.
        let requests = Box::pin(requests);
        with_shared_deadline(async {
            timeout_at(deadline(self.timeout), operation, requests).await
        })
        .await
    }

    async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        // Fails only if the semaphore is closed, which never happens.
        self.permits.as_ref()?.acquire().await.ok()
    }
}

fn log_retry<T>(operation: &'static str, retry: u32, delay: Duration, result: &Result<T, Error>) {
    let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    match result {
        Ok(_) => tracing::info!(operation, retry, delay_ms, "retrying after a transient response"),
        Err(error) => tracing::info!(operation, retry, delay_ms, %error, "retrying after an error"),
    }
}

/// Awaits a call until the deadline.
async fn timeout_at<T>(
    deadline: Instant,
    operation: &'static str,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout_at(deadline, call).await {
        Ok(result) => result,
        Err(elapsed) => Err(Error::new(operation, ErrorKind::Timeout(elapsed.into()))),
    }
}
