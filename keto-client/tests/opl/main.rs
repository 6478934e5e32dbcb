//! Tests of the Ory Permission Language. Some compare with a real Keto v26.2.0, if the environment
//! names one; their number of cases is `TEST_OPL_CASES`, and `TEST_OPL_SEED` repeats a run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod analysis;
mod checks;
mod evaluator;
mod examples;
mod live;
mod mutation;
mod properties;
mod random_model;
mod random_tuples;
mod sizes;
mod syntax;
mod test_files;

use fastrand::Rng;

/// The number of cases to compare with a real server.
fn cases(default: usize) -> usize {
    keto_client::env_vars("TEST_OPL_CASES").map_or(default, |cases| cases.parse().unwrap())
}

/// A generator whose seed is printed if the test fails.
fn rng() -> Rng {
    let seed = keto_client::env_vars("TEST_OPL_SEED").map(|seed| seed.parse().unwrap());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    eprintln!("TEST_OPL_SEED={seed}");
    Rng::with_seed(seed)
}
