//! Random runs of everything that is concurrent: caches, fetches in flight, detected versions,
//! retries and concurrency limits.
//!
//! Each run has a seed, from which all about it follows: which settings the clients have, who
//! calls what and when, how long each `await` takes, what fails, and which calls are dropped,
//! aborted or not polled. Servers are functions in memory ([`ory_http::HttpService`]), and time is
//! tokio's paused clock, so that a run of minutes takes a millisecond or two.
//!
//! Whatever happens in a run, this must hold:
//! - a call ends by its deadline, and not by a timeout before it; where nothing fails and nobody is
//!   slow, it does not time out at all, whatever other callers of the same thing do;
//! - an answer is one that the server gave to this very question: after the call began, within the
//!   time for which it may be cached, or, if it may not, by a fetch that was in flight when the call
//!   began; and after the cache was told to forget it;
//! - nothing but a whole response of success is an answer: no allow and no session out of an error;
//! - nothing panics, and a panic of a service behind a cache is an error;
//! - no more requests are in flight than allowed, and no call waits for a permit that nobody uses;
//! - only idempotent requests are sent twice, no sooner than the server asks, over HTTP and gRPC,
//!   and within the retry budget;
//! - a version is detected once at a time, without the headers that a caller adds, and an older one
//!   counts as the server's no longer than a minute;
//! - when all callers have gone, nothing is in flight, no permit is missing, nothing holds a client,
//!   and everything works at once.
//!
//! Each `cargo test` runs 1,000 seeds, which takes a few seconds. For many, on all cores:
//!
//! ```sh
//! SEEDS=100000 cargo test -p contract-tests --release --test seeds
//! ```
//!
//! `FIRST_SEED` is where they begin, 0 by default. A seed that violates something is named, and
//! `SEED` runs it alone.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod attempts;
mod bounded;
mod callers;
mod calls;
mod detections;
mod flaky;
mod history;
mod judge;
mod keto_server;
mod kratos_server;
mod permits;
mod protobuf;
mod reply;
mod run;
mod server;
mod stacks;
mod world;

use crate::{
    flaky::PLANTED,
    run::{Outcome, run},
    world::Counters,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, Once,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

/// Keeps the panics that are planted out of the output.
fn hide_planted_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref() != Some(&PLANTED) {
                default(info);
            }
        }));
    });
}

/// Runs a seed; what is wrong with it is an error.
fn try_seed(seed: u64) -> Result<Outcome, String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| run(seed))).map_err(|_| "panicked".to_owned());
    let outcome = outcome.map_err(|problem| format!("SEED={seed} {problem}"))?;
    match outcome.violations.as_slice() {
        [] => Ok(outcome),
        violations => Err(format!("SEED={seed} violates:\n  {}", violations.join("\n  "))),
    }
}

/// Ends the process if a run does not end by the real clock either, as it would in an endless loop.
fn end_if_stuck(running: &[AtomicU64], done: &AtomicBool) {
    let mut last_progress: Vec<(u64, Instant)> =
        running.iter().map(|_| (0, Instant::now())).collect();
    while !done.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(20));
        for (running, last_progress) in running.iter().zip(&mut last_progress) {
            let seed = running.load(Ordering::SeqCst);
            if seed != last_progress.0 {
                *last_progress = (seed, Instant::now());
            } else if last_progress.1.elapsed() > Duration::from_mins(2) {
                eprintln!("SEED={seed} does not end");
                std::process::exit(1);
            }
        }
    }
}

#[test]
fn whatever_happens_every_promise_holds() {
    hide_planted_panics();
    let (first, count) = match variable("SEED") {
        Some(seed) => (seed, 1),
        None => (variable("FIRST_SEED").unwrap_or(0), variable("SEEDS").unwrap_or(1_000)),
    };
    let threads = thread::available_parallelism().unwrap().get();
    let running: Vec<_> = (0..threads).map(|_| AtomicU64::new(u64::MAX)).collect();
    let (next, done) = (AtomicU64::new(first), AtomicBool::new(false));
    let (total, failed) = (Mutex::new(Counters::default()), Mutex::new(Vec::new()));
    let began = Instant::now();
    let work = |running: &AtomicU64| {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed >= first + count || failed.lock().unwrap().len() >= 10 {
                return;
            }
            running.store(seed, Ordering::SeqCst);
            match try_seed(seed) {
                Ok(outcome) => total.lock().unwrap().add(outcome.counters),
                Err(problem) => failed.lock().unwrap().push(problem),
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            running.iter().map(|running| scope.spawn(move || work(running))).collect();
        scope.spawn(|| end_if_stuck(&running, &done));
        for worker in workers {
            worker.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
    eprintln!("{count} seeds in {:.1?}\n{}", began.elapsed(), total.into_inner().unwrap());
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_seed_says_everything_about_its_run() {
    hide_planted_panics();
    for seed in 0..50 {
        let [first, second] = [run(seed), run(seed)];
        assert_eq!(first.trace, second.trace, "SEED={seed}");
        assert_eq!(
            format!("{:?}", first.counters),
            format!("{:?}", second.counters),
            "SEED={seed}"
        );
    }
}
