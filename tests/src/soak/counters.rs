//! Counters and measurements of a run.

use super::{
    fault_injection::Fault,
    virtual_users::{Answer, Verdict},
};
use keto_client::Error;
use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant},
};

/// More problems than this are counted, but not kept.
const KEPT: usize = 20;

/// Some answers.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// How many of each status; 0 for none.
    pub statuses: BTreeMap<u16, u64>,
    /// The longest that one took.
    pub slowest: Duration,
    /// 503 though all was well.
    pub unexplained: u64,
    /// What must never be.
    pub wrong: u64,
}

impl Answers {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// Those of a status.
    pub fn of(&self, status: u16) -> u64 {
        self.statuses.get(&status).copied().unwrap_or(0)
    }
}

/// The state of the app's process at one moment, and what it has done since the last one.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Since the beginning.
    pub at: Duration,
    /// Kibibytes.
    pub memory: u64,
    /// Open file descriptors.
    pub descriptors: usize,
    /// Answers since the last sample.
    pub answers: Answers,
}

/// Everything so far.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// By virtual user.
    pub virtual_users: BTreeMap<&'static str, Answers>,
    /// By fault; `None` while all was well.
    pub by_fault: BTreeMap<Option<Fault>, Answers>,
    /// How long it took after each fault until the allowed person was let in.
    pub recoveries: BTreeMap<Fault, Vec<Duration>>,
    /// The process over time.
    pub samples: Vec<Sample>,
    /// Permissions that were granted or revoked.
    pub changes: u64,
    /// Tries to do so that the server refused, by what it said.
    pub failed_changes: BTreeMap<String, u64>,
    /// The first things that must never be.
    pub problems: Vec<String>,
    since_sample: Answers,
}

/// Counts what all virtual users tell it.
#[derive(Debug)]
pub struct Counters {
    since: Instant,
    /// An answer later than this must never be.
    latest: Duration,
    counts: Mutex<Counts>,
}

impl Counters {
    /// With the longest that an answer may take.
    pub fn new(latest: Duration) -> Self {
        Self { since: Instant::now(), latest, counts: Mutex::default() }
    }

    /// Counts an answer.
    pub fn count(
        &self,
        who: &'static str,
        fault: Option<Fault>,
        answer: &Answer,
        verdict: Verdict,
    ) {
        let took = answer.received - answer.sent;
        let status = answer.seen.as_ref().map_or(0, |seen| seen.status);
        let is_unexplained = verdict == Verdict::Unexplained;
        let problem = match verdict {
            Verdict::Wrong(problem) => Some(problem),
            _ if took > self.latest => Some(format!("{status} after {took:?}")),
            _ => None,
        };
        let health = fault.map_or("all well", Fault::name);
        let at = (answer.sent - self.since).as_secs_f32();
        let mut counts = self.counts.lock().unwrap();
        let Counts { virtual_users, by_fault, since_sample, problems, .. } = &mut *counts;
        let by = [virtual_users.entry(who).or_default(), by_fault.entry(fault).or_default()];
        for answers in by.into_iter().chain([since_sample]) {
            *answers.statuses.entry(status).or_default() += 1;
            answers.slowest = answers.slowest.max(took);
            answers.unexplained += u64::from(is_unexplained);
            answers.wrong += u64::from(problem.is_some());
        }
        if let Some(problem) = problem.filter(|_| problems.len() < KEPT) {
            problems.push(format!("{who}, {health}, at {at:.1} s: {problem}"));
        }
    }

    /// Counts a permission that was to be changed.
    pub fn change(&self, result: &Result<(), Error>) {
        let mut counts = self.counts.lock().unwrap();
        match result {
            Ok(()) => counts.changes += 1,
            Err(error) => *counts.failed_changes.entry(error.to_string()).or_default() += 1,
        }
    }

    /// Notes how long the app took after a fault.
    pub fn recovered(&self, fault: Fault, took: Duration) {
        self.counts.lock().unwrap().recoveries.entry(fault).or_default().push(took);
    }

    /// Notes the state of the process.
    pub fn sample(&self, memory: u64, descriptors: usize) {
        let mut counts = self.counts.lock().unwrap();
        let answers = std::mem::take(&mut counts.since_sample);
        let at = self.since.elapsed();
        counts.samples.push(Sample { at, memory, descriptors, answers });
    }

    /// Notes something else that must never be.
    pub fn problem(&self, problem: String) {
        self.counts.lock().unwrap().problems.push(problem);
    }

    /// Everything so far.
    pub fn counts(&self) -> Counts {
        self.counts.lock().unwrap().clone()
    }
}
