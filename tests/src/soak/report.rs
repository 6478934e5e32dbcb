//! The soak's outcome, as Markdown.

use super::{
    Options,
    counters::{Answers, Counts, Sample},
    fault_injection::Fault,
    process::Log,
};
use std::{
    fmt::{Display, Formatter, Result},
    time::Duration,
};

/// A run shorter than this says nothing about memory.
const LONG: Duration = Duration::from_mins(2);

/// What came of a soak.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it was run.
    pub options: Options,
    /// What was counted.
    pub counts: Counts,
    /// What the app wrote to its log.
    pub log: Log,
    /// The app's open file descriptors before the load.
    pub idle: usize,
    /// The same after it, and how long they took to get there.
    pub settled: (usize, Duration),
}

impl Report {
    /// Everything that makes the run a failure.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = self.counts.problems.clone();
        failures.extend(self.log.panics.iter().map(|line| format!("the app panicked: {line}")));
        let all = self.all();
        if all.of(200) == 0 || all.of(503) == 0 || self.counts.changes == 0 {
            failures.push("nobody was let in, or no fault was felt, or nothing was granted".into());
        }
        if self.options.with_caches && !self.remembered() {
            failures.push("no cached session, or no cached decision, was seen".into());
        }
        let percent = percent(all.unexplained, self.well().all());
        if percent > self.options.unavailable_percent {
            failures.push(format!("{percent:.3} % of the answers while all was well were 503"));
        }
        let (open, after) = self.settled;
        if open > self.idle {
            let idle = self.idle;
            failures.push(format!("{open} descriptors after {after:?}, {idle} before the load"));
        }
        let (early, late) = self.memory();
        if self.options.minutes() >= LONG && late > early + early / 10 {
            failures.push(format!("memory grew from {early} KiB to {late} KiB"));
        }
        failures
    }

    /// The medians of the memory in the second and the last quarter, in KiB.
    pub fn memory(&self) -> (u64, u64) {
        let samples = &self.counts.samples;
        let quarter = samples.len() / 4;
        let median_of = |samples: &[Sample]| median(samples.iter().map(|sample| sample.memory));
        (median_of(&samples[quarter..2 * quarter]), median_of(&samples[3 * quarter..]))
    }

    /// Whether the app was seen to go by answers from before a change.
    fn remembered(&self) -> bool {
        let cached = [("just granted", 403), ("just revoked", 200), ("just logged out", 200)];
        let of = |who, status| {
            self.counts.virtual_users.get(who).is_some_and(|seen| seen.of(status) > 0)
        };
        cached.into_iter().all(|(who, status)| of(who, status))
    }

    fn all(&self) -> Answers {
        sum(self.counts.virtual_users.values())
    }

    fn well(&self) -> Answers {
        self.counts.by_fault.get(&None).cloned().unwrap_or_default()
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let all = self.all();
        let seconds = self.counts.samples.last().map_or(0.0, |sample| sample.at.as_secs_f64());
        let rate = float(all.all()) / seconds.max(1.0);
        let Options { workers, pause_ms, limit_ms, .. } = self.options;
        writeln!(
            f,
            "{} answers in {seconds:.0} s ({rate:.0} a second) to {workers} virtual users with a pause of \
             {pause_ms} ms; time limit of a call {limit_ms} ms; slowest answer {} ms; wrong {}; 503 \
             while all was well {}.\n",
            all.all(),
            all.slowest.as_millis(),
            all.wrong,
            all.unexplained,
        )?;
        self.faults(f)?;
        self.virtual_users(f)?;
        self.process(f)?;
        self.log(f)?;
        match self.failures().as_slice() {
            [] => writeln!(f, "It held."),
            failures => {
                writeln!(f, "**It failed:**\n")?;
                failures.iter().try_for_each(|failure| writeln!(f, "- {failure}"))
            }
        }
    }
}

impl Report {
    fn faults(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(
            f,
            "Answers by what it was like when they were asked for; a fault lasts until the recovery:\n"
        )?;
        writeln!(
            f,
            "| fault | times | answers | 200 | 302 | 403 | 503 | slowest, ms | recovery, ms: median | worst |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|---|")?;
        for (fault, answers) in &self.counts.by_fault {
            let name = fault.map_or("all well", Fault::name);
            let took = fault.and_then(|fault| self.counts.recoveries.get(&fault));
            let times = took.map_or(String::new(), |took| took.len().to_string());
            write!(f, "| {name} | {times} | {} ", answers.all())?;
            statuses(f, answers)?;
            write!(f, "| {} ", answers.slowest.as_millis())?;
            match took {
                None => writeln!(f, "| | |")?,
                Some(took) => {
                    let worst = took.iter().max().copied().unwrap_or_default().as_millis();
                    let middle = median(took.iter().copied()).as_millis();
                    writeln!(f, "| {middle} | {worst} |")?;
                }
            }
        }
        writeln!(f)
    }

    fn virtual_users(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "| virtual user | answers | 200 | 302 | 403 | 503 | wrong |")?;
        writeln!(f, "|---|---|---|---|---|---|---|")?;
        for (who, answers) in &self.counts.virtual_users {
            write!(f, "| {who} | {} ", answers.all())?;
            statuses(f, answers)?;
            writeln!(f, "| {} |", answers.wrong)?;
        }
        let failed: u64 = self.counts.failed_changes.values().sum();
        let changes = self.counts.changes;
        writeln!(
            f,
            "\nGrants, revocations and logouts: {changes}; refused and tried again: {failed}."
        )?;
        for (reason, times) in &self.counts.failed_changes {
            writeln!(f, "- {times} × {reason}")?;
        }
        writeln!(f)
    }

    fn process(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(
            f,
            "| minute | memory, MiB | descriptors: median | most | answers a second | 200 | 302 | 403 | 503 |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        // The last measurement comes a moment after the end.
        let last = self.options.minutes().as_secs().saturating_sub(1) / 60;
        let minute = |sample: &Sample| (sample.at.as_secs() / 60).min(last);
        let mut begins = Duration::ZERO;
        for samples in self.counts.samples.chunk_by(|a, b| minute(a) == minute(b)) {
            let ends = samples.last().map_or(begins, |sample| sample.at);
            let answers = sum(samples.iter().map(|sample| &sample.answers));
            let memory = float(median(samples.iter().map(|sample| sample.memory))) / 1024.0;
            let open = || samples.iter().map(|sample| sample.descriptors);
            let rate = float(answers.all()) / (ends.as_secs_f64() - begins.as_secs_f64()).max(0.1);
            let (middle, most) = (median(open()), open().max().unwrap_or(0));
            write!(
                f,
                "| {} | {memory:.1} | {middle} | {most} | {rate:.0} ",
                minute(&samples[0]) + 1
            )?;
            statuses(f, &answers)?;
            writeln!(f, "|")?;
            begins = ends;
        }
        let (early, late) = self.memory();
        let (open, after) = self.settled;
        writeln!(
            f,
            "\nMemory, median of the second quarter: {early} KiB; of the last quarter: {late} KiB. \
             Descriptors before the load: {}; after it: {open}, {:.0} s after its end.\n",
            self.idle,
            after.as_secs_f64(),
        )
    }

    fn log(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(
            f,
            "Panics in the app's log: {}. Why there was no decision:\n",
            self.log.panics.len()
        )?;
        let mut reasons: Vec<_> = self.log.reasons.iter().collect();
        reasons.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
        reasons.iter().try_for_each(|(reason, times)| writeln!(f, "- {times} × {reason}"))?;
        writeln!(f)
    }
}

fn statuses(f: &mut Formatter<'_>, answers: &Answers) -> Result {
    [200, 302, 403, 503].iter().try_for_each(|status| write!(f, "| {} ", answers.of(*status)))
}

fn sum<'a>(all: impl Iterator<Item = &'a Answers>) -> Answers {
    let mut sum = Answers::default();
    for answers in all {
        for (status, times) in &answers.statuses {
            *sum.statuses.entry(*status).or_default() += times;
        }
        sum.slowest = sum.slowest.max(answers.slowest);
        sum.unexplained += answers.unexplained;
        sum.wrong += answers.wrong;
    }
    sum
}

/// The middle one; nothing's is zero.
fn median<T: Ord + Default>(all: impl Iterator<Item = T>) -> T {
    let mut all: Vec<_> = all.collect();
    all.sort();
    let middle = all.len() / 2;
    all.into_iter().nth(middle).unwrap_or_default()
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * float(part) / float(whole.max(1))
}

/// A count that is far from what a float can't tell apart.
#[allow(clippy::cast_precision_loss, reason = "counts of a soak are small")]
fn float(count: u64) -> f64 {
    count as f64
}
