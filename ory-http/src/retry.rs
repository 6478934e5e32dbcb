//! Retries of idempotent calls, with exponential backoff and a shared budget.

use crate::{
    call::MAX_DURATION,
    error::{Error, ErrorKind},
    response::Response,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tower::retry::budget::{Budget, TpsBudget};

/// Configures the retries of transient failures: a failed or interrupted connection, or a response
/// with status 429, 502, 503 or 504.
///
/// A call is retried if it is idempotent, or if it could not connect, so that nothing was sent.
/// The delay before the n-th retry is random between zero and `first_delay` × 2ⁿ⁻¹, capped at
/// `max_delay`, but at least the delay that the server asks for with `Retry-After`, or over gRPC with
/// `grpc-retry-pushback-ms`. A retry that could not start before the deadline of the call is not made.
///
/// All calls of a client share a retry budget of one retry per second plus one for every five
/// successful calls, so that retries do not overload a failing server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryConfig {
    pub(crate) max_retries: usize,
    first_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryConfig {
    /// Two retries, with delays of up to 50 and up to 100 milliseconds.
    fn default() -> Self {
        Self {
            max_retries: 2,
            first_delay: Duration::from_millis(50),
            max_delay: Duration::from_secs(1),
        }
    }
}

impl RetryConfig {
    /// Disables retries.
    pub fn none() -> Self {
        Self::default().max_retries(0)
    }

    /// Sets the maximum number of retries of a call; 2 by default.
    #[must_use]
    pub fn max_retries(mut self, times: usize) -> Self {
        self.max_retries = times;
        self
    }

    /// Sets the maximum delay before the first retry, which doubles with each further one; 50
    /// milliseconds by default.
    #[must_use]
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay.min(MAX_DURATION);
        self
    }

    /// Sets the maximum of all delays; 1 second by default. A longer delay that the server asks for
    /// is respected.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay.min(MAX_DURATION);
        self
    }
}

/// Decides about the retries of one client. Clones share the budget.
#[derive(Clone, Debug)]
pub(crate) struct RetryPolicy {
    config: RetryConfig,
    budget: Arc<TpsBudget>,
}

impl RetryPolicy {
    pub(crate) fn new(config: RetryConfig) -> Self {
        let budget = TpsBudget::new(Duration::from_secs(10), 1, 0.2);
        Self { config, budget: Arc::new(budget) }
    }

    /// Returns the delay before the next attempt of a call that was retried `retries` times, or
    /// `None` if the call must not be retried.
    pub(crate) fn delay(
        &self,
        outcome: &AttemptOutcome,
        idempotent: bool,
        retries: u32,
        deadline: Instant,
    ) -> Option<Duration> {
        let requested = match outcome {
            AttemptOutcome::Final { successful } => {
                if *successful {
                    self.budget.deposit();
                }
                return None;
            }
            AttemptOutcome::Transient { sent: true, .. } if !idempotent => return None,
            AttemptOutcome::Transient { retry_after, .. } => retry_after.unwrap_or_default(),
        };
        let RetryConfig { max_retries, first_delay, max_delay } = self.config;
        if retries as usize >= max_retries {
            return None;
        }
        let max_wait = first_delay.saturating_mul(2_u32.saturating_pow(retries)).min(max_delay);
        let wait = max_wait.mul_f64(fastrand::f64()).max(requested);
        // Checked last, so that only a retry that is made draws on the budget.
        (Instant::now() + wait < deadline && self.budget.withdraw()).then_some(wait)
    }
}

/// The outcome of an attempt, as far as retries are concerned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// The result is final.
    Final {
        /// Whether the server responded.
        successful: bool,
    },
    /// The attempt failed, but the same call may succeed later.
    Transient {
        /// Whether the request may have been sent.
        sent: bool,
        /// The delay that the server asks for.
        retry_after: Option<Duration>,
    },
}

impl AttemptOutcome {
    /// Classifies an attempt over HTTP by its error or the status of its response.
    pub(crate) fn of_response(attempt: &Result<Response, Error>) -> Self {
        match attempt {
            Ok(response) if response.is_transient() => {
                Self::Transient { sent: true, retry_after: response.retry_after() }
            }
            attempt => Self::of_result(attempt),
        }
    }

    /// Classifies an attempt by its error.
    pub(crate) fn of_result<T>(attempt: &Result<T, Error>) -> Self {
        match attempt {
            Ok(_) => Self::Final { successful: true },
            Err(error) if error.is_retryable() => Self::Transient {
                sent: !matches!(error.kind(), ErrorKind::Connect(_)),
                retry_after: error.retry_after(),
            },
            Err(_) => Self::Final { successful: false },
        }
    }
}
