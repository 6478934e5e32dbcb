//! What everything in a run shares: the random numbers of its seed, its settings, its history, and
//! what it found wrong.

use crate::history::{Evaluation, History, Moment};
use fastrand::Rng;
use ory_http::Instant;
use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    ops::RangeBounds,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// What is random about a run as a whole.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many requests in a hundred fail, or are never responded to.
    pub faults: usize,
    /// Whether nothing fails and nobody is slow, so that no call has a reason to time out that has
    /// [`PROMPT`].
    pub is_prompt: bool,
    /// Whether callers poll each call until it ends or is dropped.
    pub all_are_polled: bool,
    /// Whether a fault can be a timeout that comes before the time that a call has.
    pub early_timeouts: bool,
    /// How many milliseconds most delays have at most.
    pub delay_ms: u64,
    /// The timeout of the clients.
    pub client_timeout: Duration,
    /// The timeout of the caches.
    pub cache_timeout: Duration,
    /// How many requests each client may have in flight.
    pub max_in_flight: Option<usize>,
    /// How often a request may be tried again.
    pub max_retries: usize,
    /// How long an allow is cached.
    pub allowed_max_age: Duration,
    /// How long a denial is cached.
    pub denied_max_age: Duration,
    /// How long a session is cached at most, and where the server does not say how long.
    pub max_age: Duration,
    pub max_age_without_header: Duration,
    /// The stack of Keto that is asked most.
    pub popular_stack: usize,
}

/// By how much a timer may be late: it is as exact as a millisecond.
pub const SLACK: Duration = Duration::from_millis(2);

/// The longest time that a call can take where nothing fails and nobody is slow.
pub const PROMPT: Duration = Duration::from_millis(200);

impl Settings {
    fn random(rng: &mut Rng) -> Self {
        let mut ms = |choices: &[u64]| Duration::from_millis(choices[rng.usize(..choices.len())]);
        let client_timeout = ms(&[300, 1_000, 5_000]);
        let cache_timeout = ms(&[300, 1_000, 5_000]);
        let (allowed_max_age, denied_max_age) = (ms(&[0, 200, 3_000]), ms(&[0, 200, 3_000]));
        let (max_age, max_age_without_header) = (ms(&[0, 200, 4_000]), ms(&[0, 0, 500]));
        let settings = Self {
            is_prompt: rng.u8(..10) < 2,
            all_are_polled: rng.bool(),
            faults: [0, 3, 3, 10, 10, 30, 60, 100][rng.usize(..8)],
            early_timeouts: rng.bool(),
            delay_ms: [0, 10, 50, 400][rng.usize(..4)],
            client_timeout,
            cache_timeout: if rng.u8(..10) < 7 { client_timeout } else { cache_timeout },
            max_in_flight: [None, None, Some(1), Some(2), Some(5)][rng.usize(..5)],
            max_retries: rng.usize(..4),
            allowed_max_age,
            denied_max_age,
            max_age,
            max_age_without_header,
            popular_stack: rng.usize(..7),
        };
        match settings.is_prompt {
            // A call waits for its permit as long as others have theirs.
            true => Self { faults: 0, delay_ms: 2, max_in_flight: None, ..settings },
            false => settings,
        }
    }
}

/// What happened how often.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    pub calls: u64,
    pub answers: u64,
    /// Answers that the server gave before the call began: cached, or of a fetch in flight.
    pub earlier: u64,
    /// Answers that another call got, too.
    pub shared: u64,
    pub errors: u64,
    pub timeouts: u64,
    pub dropped: u64,
    pub requests: u64,
    pub retries: u64,
    pub faults: u64,
    pub panics: u64,
    pub forgets: u64,
    pub changes: u64,
}

macro_rules! sum {
    ($sum:ident += $other:ident: $($field:ident),+) => { $($sum.$field += $other.$field;)+ };
}

impl Counters {
    pub fn add(&mut self, other: Self) {
        sum!(self += other: calls, answers, earlier, shared, errors, timeouts, dropped, requests,
            retries, faults, panics, forgets, changes);
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, answers, earlier, shared, errors, timeouts, dropped, .. } = self;
        writeln!(
            f,
            "{calls} calls, {answers} answers, {earlier} of these from before the call and {shared} \
             shared with another call; {errors} calls ended with an error, {timeouts} of these timeouts; {dropped} dropped"
        )?;
        let Self { requests, retries, faults, panics, forgets, changes, .. } = self;
        write!(
            f,
            "{requests} requests, {retries} of these retries; {faults} faults and {panics} panics \
             planted; {forgets} times forgotten; {changes} changes to what a server answers"
        )
    }
}

/// Everything that a run shares.
pub struct World {
    pub settings: Settings,
    rng: Mutex<Rng>,
    history: Mutex<History>,
    counters: Mutex<Counters>,
    violations: Mutex<Vec<String>>,
    trace: Mutex<DefaultHasher>,
    last_no_route: Mutex<Option<Instant>>,
    began: Instant,
    calm: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// The world of a seed. It begins now, by the clock of the runtime.
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        // What the libraries choose at random, such as how long to wait before a retry.
        fastrand::seed(rng.u64(..));
        Self {
            settings: Settings::random(&mut rng),
            rng: Mutex::new(rng),
            history: Mutex::default(),
            counters: Mutex::default(),
            violations: Mutex::default(),
            trace: Mutex::default(),
            last_no_route: Mutex::default(),
            began: Instant::now(),
            calm: AtomicBool::new(false),
        }
    }

    /// A number below a limit.
    pub fn below(&self, limit: usize) -> usize {
        lock(&self.rng).usize(..limit)
    }

    pub fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }

    pub fn counters(&self) -> MutexGuard<'_, Counters> {
        lock(&self.counters)
    }

    /// Whether something happens that happens so often in a hundred times.
    pub fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub fn millis(&self, range: impl RangeBounds<u64>) -> Duration {
        Duration::from_millis(lock(&self.rng).u64(range))
    }

    /// From now on nothing fails, and nothing takes any time.
    pub fn calm(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    pub fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    /// Takes a random time: often none at all, seldom a very long one.
    pub async fn pause(&self) {
        let longest = self.settings.delay_ms;
        let kinds = if self.settings.is_prompt { 95 } else { 100 };
        let kind = if self.is_calm() { 0 } else { self.below(kinds) };
        match kind {
            0..40 => {}
            40..60 => tokio::task::yield_now().await,
            60..95 => tokio::time::sleep(self.millis(..=longest)).await,
            95..99 => tokio::time::sleep(self.millis(..=10 * longest)).await,
            _ => tokio::time::sleep(self.millis(..10_000)).await,
        }
    }

    /// The time since the run began.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Notes that something happens now.
    pub fn moment(&self, what: &'static str) -> Moment {
        let time = Instant::now();
        let moment = self.history().moment(time);
        (what, moment.number, time - self.began).hash(&mut *lock(&self.trace));
        moment
    }

    /// Notes what a server answers now, and tells its place in the history.
    pub fn evaluate(&self, evaluation: impl FnOnce(Moment, usize) -> Evaluation) -> usize {
        let at = self.moment("evaluation");
        let mut history = self.history();
        let place = history.evaluations.len();
        history.evaluations.push(evaluation(at, place));
        place
    }

    /// Notes that a server, or a proxy in its place, says now that it has no such route.
    pub fn no_route(&self) {
        *lock(&self.last_no_route) = Some(Instant::now());
    }

    /// Whether a server has said so since some time.
    pub fn had_no_route_since(&self, time: Instant) -> bool {
        lock(&self.last_no_route).is_some_and(|last| last >= time)
    }

    /// Notes that something is wrong.
    pub fn violation(&self, what: impl Into<String>) {
        let what = format!("after {:?}: {}", self.elapsed(), what.into());
        lock(&self.violations).push(what);
    }

    pub fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    /// A hash of everything that happened, in order and with its time.
    pub fn trace(&self) -> u64 {
        lock(&self.trace).finish()
    }
}
