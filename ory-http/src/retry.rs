//! Trying again: only what is safe to repeat, a few times, and never as a storm.

use crate::{Error, Response, response::LONGEST};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tower::{
    retry::budget::{Budget, TpsBudget},
    util::rng::{HasherRng, Rng},
};

/// How often and how soon a call is tried again that failed for want of a server: no connection,
/// an exchange that broke off, or an answer of 429, 502, 503 or 504. Any other answer stands.
///
/// Only what is safe to repeat is tried again: reads, and writes that come to the same when done
/// twice. The wait before the n-th try is random between nothing and `first_delay` × 2ⁿ⁻¹, but at
/// least what the server asks for by `Retry-After`; a wait that would not end within the call's
/// time limit is not begun.
///
/// All calls of a client share a budget: at most one call in five, beyond one a second, may be a
/// repeated one, so that a failing server is not stormed.
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
        self.first_delay = delay.min(LONGEST);
        self
    }

    /// The longest wait of all.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay.min(LONGEST);
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

    /// How long to wait before the next try of a call that came to this and was tried again so
    /// often. `None` where another try would not help, or would be too late or too much: then this
    /// is the call's outcome.
    pub(crate) fn wait(
        &self,
        tried: &Result<Response, Error>,
        retries: u32,
        deadline: Instant,
    ) -> Option<Duration> {
        let asked_for = match tried {
            Ok(answer) if answer.is_passing() => answer.retry_after().unwrap_or_default(),
            Ok(_) => {
                self.budget.deposit();
                return None;
            }
            Err(error) if error.is_retryable() => Duration::ZERO,
            Err(_) => return None,
        };
        let RetryConfig { max_retries, first_delay, max_delay } = self.config;
        if retries as usize >= max_retries || !self.budget.withdraw() {
            return None;
        }
        let longest = first_delay.saturating_mul(2_u32.saturating_pow(retries)).min(max_delay);
        let wait = longest.mul_f64(HasherRng::default().next_f64()).max(asked_for);
        (Instant::now() + wait < deadline).then_some(wait)
    }
}
