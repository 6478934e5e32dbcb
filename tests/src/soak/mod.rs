//! A soak: bounded load on an app, for minutes, while Kratos and Keto are stopped,
//! restarted, slowed, hung and cut off.
//!
//! The app is a process of its own ([`process`]), whose servers are behind [`proxy`]s that are told
//! what to do ([`upstreams`]). A fixed number of virtual users ([`load`]) ask for the page, and hold
//! every answer against what may be at that time ([`virtual_users`], [`fault_injection`]). What comes of it is
//! counted ([`counters`]) and told ([`report`]).

pub mod accounts;
pub mod counters;
pub mod fault_injection;
pub mod load;
pub mod max_ages;
pub mod process;
pub mod proxy;
pub mod report;
pub mod upstreams;
pub mod virtual_users;

use crate::api::plain_http;
use counters::Counters;
use fault_injection::{Fault, Pace, Timeline};
use load::{Ground, logs_in_and_out, recovery, toggler, virtual_user};
use max_ages::MaxAges;
use process::Process;
use report::Report;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use upstreams::Upstreams;
use virtual_users::VirtualUser;

/// How long the app may take to be right again after a fault.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most that virtual users can be.
const VISITORS: std::ops::RangeInclusive<i64> = 3..=64;

/// Puts load on an app while its servers fail, and tells whether it held.
///
/// Everything is on loopback, and it ends by itself. Build the apps as well, with the same profile:
/// `cargo build --release -p demo-app -p contract-tests`.
#[derive(Clone, Debug, clap::Parser)]
pub struct Options {
    /// How long to put load on the app
    #[arg(long, default_value_t = 10.0)]
    pub minutes: f64,
    /// Use the real servers that the TEST_… variables name, instead of testing servers
    #[arg(long)]
    pub real: bool,
    /// Put the load on an app with caches, a limit of calls in flight, and Keto by gRPC, which the
    /// testing servers don't speak
    #[arg(long)]
    pub with_caches: bool,
    /// Put the load on a page of axum behind the guards of both clients
    #[arg(long, conflicts_with = "with_caches")]
    pub axum: bool,
    /// How many virtual users there are at a time, of whom one has its permission granted and revoked,
    /// and one logs in and out
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(VISITORS))]
    pub workers: u8,
    /// Milliseconds that each virtual user waits after an answer
    #[arg(long, default_value_t = 10)]
    pub pause_ms: u64,
    /// Milliseconds that the app allows a call of Kratos or Keto
    #[arg(long, default_value_t = 2000)]
    pub limit_ms: u64,
    /// Milliseconds that an answer may take beyond the limits of the two calls it needs
    #[arg(long, default_value_t = 1000)]
    pub slack_ms: u64,
    /// Seconds that a fault lasts; a restart takes at most half a second
    #[arg(long, default_value_t = 6.0)]
    pub fault_seconds: f64,
    /// Seconds between two faults
    #[arg(long, default_value_t = 5.0)]
    pub well_seconds: f64,
    /// Milliseconds by which a slow server is late
    #[arg(long, default_value_t = 1000)]
    pub slow_ms: u64,
    /// Seconds between two measurements
    #[arg(long, default_value_t = 2.0)]
    pub sample_seconds: f64,
    /// Seconds that the app has, once the load is gone, to close what it has opened: its pools look
    /// every 90 seconds for connections that have been idle for as long
    #[arg(long, default_value_t = 240.0)]
    pub settle_seconds: f64,
    /// How many of the answers while all is well may be 503, in percent
    #[arg(long, default_value_t = 0.0)]
    pub unavailable_percent: f64,
}

impl Options {
    fn minutes(&self) -> Duration {
        Duration::from_secs_f64(self.minutes * 60.0)
    }

    /// Two calls, one after the other, and the slack.
    fn latest(&self) -> Duration {
        Duration::from_millis(2 * self.limit_ms + self.slack_ms)
    }

    /// The program that the load is put on.
    fn app(&self) -> &'static str {
        match self {
            Self { axum: true, .. } => "soak_axum",
            Self { with_caches: true, .. } => "soak_app",
            _ => "demo-app",
        }
    }

    fn max_ages(&self) -> MaxAges {
        if self.with_caches { MaxAges::CACHED } else { MaxAges::NONE }
    }

    fn pace(&self) -> Pace {
        Pace {
            fault: Duration::from_secs_f64(self.fault_seconds),
            well: Duration::from_secs_f64(self.well_seconds),
            slow: Duration::from_millis(self.slow_ms),
        }
    }
}

/// Runs the soak.
///
/// # Errors
/// Says what is missing to run it.
pub async fn run(options: &Options) -> Result<Report, String> {
    if options.with_caches && !options.real {
        return Err("--with-caches needs --real: the testing Keto speaks no gRPC".into());
    }
    let mut upstreams = Upstreams::start(options.real).await?;
    let settings = upstreams.settings(Duration::from_millis(options.limit_ms));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut process = Process::start(options.app(), &settings)?;
    let idle = idle(&process).await.ok_or("there is no /proc to measure by: run it on Linux")?;

    let ground = Ground {
        http: plain_http(),
        app: process.url.clone(),
        timeline: Arc::new(Timeline::new(options.max_ages())),
        max_ages: options.max_ages(),
        counters: Arc::new(Counters::new(options.latest())),
        pause: Duration::from_millis(options.pause_ms),
        until: Instant::now() + options.minutes(),
    };
    let counters = ground.counters.clone();
    let mut virtual_users = start_virtual_users(options, &ground, &upstreams);
    let faults = faults(options, &ground, &mut upstreams);
    let sampling = sample(&mut process, &ground, options.sample_seconds);
    tokio::join!(faults, sampling);
    while let Some(ended) = virtual_users.join_next().await {
        ended.expect("no virtual user panics");
    }
    upstreams.clean_up().await;

    // The load's own connections end with its client.
    drop(ground);
    let settled = settle(&process, idle, options.settle_seconds).await;
    if !process.runs() {
        counters.problem("the app has ended".into());
    }
    let log = process.end();
    Ok(Report { options: options.clone(), counts: counters.counts(), log, idle, settled })
}

/// The descriptors of the app once it has answered, and the connection for that is gone.
async fn idle(process: &Process) -> Option<usize> {
    let url = process.url.join("health/alive").ok()?;
    plain_http().get(url).send().await.unwrap().error_for_status().unwrap();
    let mut open = process.descriptors()?;
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        match process.descriptors()? {
            same if same == open => return Some(open),
            other => open = other,
        }
    }
}

fn start_virtual_users(options: &Options, ground: &Ground, upstreams: &Upstreams) -> JoinSet<()> {
    let users = [&upstreams.allowed, &upstreams.denied, &upstreams.toggled].map(VirtualUser::clone);
    let mut virtual_users = JoinSet::new();
    for first in 2..usize::from(options.workers) {
        virtual_users.spawn(virtual_user(ground.clone(), users.clone(), first - 2));
    }
    let tuple = upstreams.tuple(&upstreams.toggled);
    let (keto, toggled) = (upstreams.keto.clone(), upstreams.toggled.clone());
    virtual_users.spawn(toggler(ground.clone(), keto, toggled, tuple));
    let (accounts, login) = (upstreams.accounts.clone(), upstreams.login.clone());
    virtual_users.spawn(logs_in_and_out(ground.clone(), accounts, login));
    virtual_users
}

/// One fault after the other, over and over, all well in between.
async fn faults(options: &Options, ground: &Ground, upstreams: &mut Upstreams) {
    let pace = options.pace();
    for fault in Fault::ALL.into_iter().cycle() {
        let next = Instant::now() + pace.well;
        tokio::time::sleep_until(next.min(ground.until).into()).await;
        if Instant::now() + pace.of(fault) + pace.well > ground.until {
            return;
        }
        upstreams.suffer(fault, &pace, &ground.timeline).await;
        let took = recovery(ground, upstreams, PATIENCE).await;
        ground.timeline.recovered();
        ground.counters.recovered(fault, took);
        if took >= PATIENCE {
            ground.counters.problem(format!("{}: not right again after {took:?}", fault.name()));
        }
    }
}

async fn sample(process: &mut Process, ground: &Ground, seconds: f64) {
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(seconds));
    ticks.tick().await;
    while Instant::now() < ground.until && process.runs() {
        ticks.tick().await;
        if let (Some(memory), Some(descriptors)) = (process.memory(), process.descriptors()) {
            ground.counters.sample(memory, descriptors);
        }
    }
}

/// Waits until no more descriptors are open than before the load; gives how many there are, and
/// how long it took.
async fn settle(process: &Process, idle: usize, seconds: f64) -> (usize, Duration) {
    let since = Instant::now();
    loop {
        let open = process.descriptors().unwrap_or(usize::MAX);
        if open <= idle || since.elapsed().as_secs_f64() > seconds {
            return (open, since.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
