//! Retries: only of what is safe to send again, a few times, and never as a storm.

use crate::{
    call::MAX_DURATION,
    error::{Error, ErrorKind},
    response::Response,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use tower::retry::budget::{Budget, TpsBudget};

/// How often and how soon a call is tried again that failed for want of a server: no connection,
/// an interrupted one, or a response of 429, 502, 503 or 504. Any other response stands.
///
/// Only idempotent calls are tried again: reads, and writes that have the effect of once when they
/// are sent twice; and any call of which certainly nothing was sent, because there was no
/// connection. The wait before the n-th retry is random between nothing and
/// `first_delay` × 2ⁿ⁻¹, but at least what the server asks for by `Retry-After`, or over gRPC by
/// `grpc-retry-pushback-ms`; a wait that would not end before the call's deadline is not begun.
///
/// All calls of a client share a budget: at most one call in five, beyond one a second, may be a
/// retry, so that a failing server is not stormed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryConfig {
    pub(crate) max_retries: usize,
    first_delay: Duration,
    max_delay: Duration,
}

impl Default for RetryConfig {
    /// Two retries, after up to 50 and up to 100 milliseconds.
    fn default() -> Self {
        Self {
            max_retries: 2,
            first_delay: Duration::from_millis(50),
            max_delay: Duration::from_secs(1),
        }
    }
}

impl RetryConfig {
    /// Never tries again.
    pub fn none() -> Self {
        Self::default().max_retries(0)
    }

    /// How often one call may be tried again.
    #[must_use]
    pub fn max_retries(mut self, times: usize) -> Self {
        self.max_retries = times;
        self
    }

    /// The longest wait before the first retry; it doubles from there.
    #[must_use]
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay.min(MAX_DURATION);
        self
    }

    /// The longest wait of all.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay.min(MAX_DURATION);
        self
    }
}

/// The retries of one client.
#[derive(Clone, Debug)]
pub(crate) struct Retries {
    config: RetryConfig,
    budget: Arc<TpsBudget>,
}

impl Retries {
    pub(crate) fn new(config: RetryConfig) -> Self {
        let budget = TpsBudget::new(Duration::from_secs(10), 1, 0.2);
        Self { config, budget: Arc::new(budget) }
    }

    /// How long to wait before the next attempt of a call, after so many retries. `None` where
    /// another attempt would not help, or would be too late or too much.
    pub(crate) fn wait(
        &self,
        verdict: &Verdict,
        idempotent: bool,
        retries: u32,
        deadline: Instant,
    ) -> Option<Duration> {
        let asked_for = match verdict {
            Verdict::Final { successful } => {
                if *successful {
                    self.budget.deposit();
                }
                return None;
            }
            Verdict::Transient { sent: true, .. } if !idempotent => return None,
            Verdict::Transient { retry_after, .. } => retry_after.unwrap_or_default(),
        };
        let RetryConfig { max_retries, first_delay, max_delay } = self.config;
        if retries as usize >= max_retries {
            return None;
        }
        let longest = first_delay.saturating_mul(2_u32.saturating_pow(retries)).min(max_delay);
        let wait = longest.mul_f64(fastrand::f64()).max(asked_for);
        // The budget is asked last, so that only a retry that is made takes from it.
        (Instant::now() + wait < deadline && self.budget.withdraw()).then_some(wait)
    }
}

/// What an attempt means for further ones.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The result stands.
    Final {
        /// Whether the server was reached and answered.
        successful: bool,
    },
    /// The same call may succeed later.
    Transient {
        /// Whether anything may have been sent.
        sent: bool,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
}

impl Verdict {
    /// Of a response: some statuses say that the server is busy.
    pub(crate) fn of(attempt: &Result<Response, Error>) -> Self {
        match attempt {
            Ok(response) if response.is_transient() => {
                Self::Transient { sent: true, retry_after: response.retry_after() }
            }
            attempt => Self::of_error(attempt),
        }
    }

    /// Of a result whose errors say all.
    pub(crate) fn of_error<T>(attempt: &Result<T, Error>) -> Self {
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
