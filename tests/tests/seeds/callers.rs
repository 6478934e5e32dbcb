//! What callers do with their calls: wait for them, drop them, leave them alone, and abort them.

use crate::{
    bounded::Bounded,
    calls::{Ask, How, Run},
    history::Key,
    kratos_server::{CREDENTIALS, STANDINGS},
    stacks::SESSIONS,
};
use futures_util::{FutureExt, StreamExt, future::join_all, stream, stream::FuturesUnordered};
use ory_http::{CallOptions, with_shared_deadline};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

/// One caller: does a few things, one after the other.
pub async fn caller(run: Arc<Run>) {
    let steps = run.world.below(7) + 1;
    let all_are_polled = run.world.settings.all_are_polled;
    for _ in 0..steps {
        let choice = run.world.below(100);
        match choice {
            0..15 => random_call(&run).drive().await,
            15..25 => dropped_while_waiting(&run).await,
            25..35 if !all_are_polled => left_alone(&run).await,
            25..50 => all_at_once(&run).await,
            50..58 if !all_are_polled => a_few_at_a_time(&run).await,
            50..66 => aborted(&run).await,
            66..72 => the_first_of(&run).await,
            72..78 => in_one_operation(&run).await,
            78..86 => change(&run),
            86..92 => invalidate(&run, None),
            _ => wait(&run).await,
        }
    }
}

/// What to ask. Most callers ask for the same few things.
fn random_ask(run: &Run) -> Ask {
    let world = &run.world;
    let (choice, is_popular) = (world.below(100), world.chance(60));
    let pick = |count: usize| if is_popular { 0 } else { world.below(count) };
    let checks = run.stacks.checks.len();
    let any = |count| world.below(count);
    let keto = match world.chance(70) {
        true => world.settings.popular_stack,
        false => any(run.stacks.keto.len()),
    };
    let kratos = usize::from(world.chance(75));
    match choice {
        0..40 => Ask::Check { stack: keto, place: pick(checks) },
        40..55 => {
            let places = match is_popular {
                true => vec![0, 2, 4, 6],
                false => (0..any(9)).map(|_| any(checks)).collect(),
            };
            Ask::CheckMany { stack: keto, places }
        }
        55..62 => Ask::Write {
            // Over gRPC the server takes no writes.
            stack: any(5),
            place: pick(checks),
            insert: world.chance(50),
            patch: world.chance(50),
        },
        62..90 => Ask::Whoami { stack: kratos, place: pick(CREDENTIALS) },
        90..94 => Ask::LogOut { stack: kratos, place: any(2) },
        _ => Ask::MySessions { place: any(CREDENTIALS) },
    }
}

fn random_timeout(run: &Run) -> Option<Duration> {
    let world = &run.world;
    match world.below(10) {
        0..5 => None,
        5..7 => Some(world.millis(..100)),
        7..9 => Some(world.millis(..2_000)),
        _ => Some(world.millis(..9_000)),
    }
}

fn random_call(run: &Arc<Run>) -> Bounded {
    Bounded::call(run, random_ask(run), random_timeout(run), false)
}

/// Several calls, half of the time all for the same thing.
fn random_calls(run: &Arc<Run>, left_alone: bool) -> Vec<Bounded> {
    let count = run.world.below(6) + 2;
    let (is_same, ask) = (run.world.chance(50), random_ask(run));
    let call = |_| {
        let ask = if is_same { ask.clone() } else { random_ask(run) };
        Bounded::call(run, ask, random_timeout(run), left_alone)
    };
    (0..count).map(call).collect()
}

/// A time within which a call may end or not.
fn a_while(run: &Run, limit: Duration) -> Duration {
    let world = &run.world;
    let longest = world.pick(&[Duration::from_millis(30), limit.mul_f32(1.5)]);
    longest * u32::try_from(world.below(1_000)).unwrap() / 1_000
}

async fn dropped_while_waiting(run: &Arc<Run>) {
    let call = random_call(run);
    let patience = a_while(run, call.limit);
    let _ = timeout(patience, call.drive()).await;
}

async fn left_alone(run: &Arc<Run>) {
    let mut call = Bounded::call(run, random_ask(run), random_timeout(run), true);
    if (&mut call).now_or_never().is_some() {
        return;
    }
    sleep(a_while(run, call.limit)).await;
    if run.world.chance(60) {
        call.drive().await;
    }
}

async fn all_at_once(run: &Arc<Run>) {
    join_all(random_calls(run, false).into_iter().map(Bounded::drive)).await;
}

/// While an ended call is looked at, nobody polls the others.
async fn a_few_at_a_time(run: &Arc<Run>) {
    let count = run.world.below(4) + 1;
    let mut calls = stream::iter(random_calls(run, true)).buffer_unordered(count);
    while calls.next().await.is_some() {
        if run.world.chance(40) {
            sleep(run.world.millis(..1_500)).await;
        }
        if run.world.chance(15) {
            return;
        }
    }
}

async fn aborted(run: &Arc<Run>) {
    let mut tasks = JoinSet::new();
    let mut handles = Vec::new();
    for call in random_calls(run, false) {
        handles.push(tasks.spawn(call.drive()));
    }
    sleep(a_while(run, run.world.settings.client_timeout)).await;
    for handle in handles {
        if run.world.chance(60) {
            handle.abort();
        }
    }
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended
            && error.is_panic()
        {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

async fn the_first_of(run: &Arc<Run>) {
    let calls = random_calls(run, false).into_iter().map(Bounded::drive);
    let mut calls: FuturesUnordered<_> = calls.collect();
    calls.next().await;
}

/// Two calls that share one deadline.
async fn in_one_operation(run: &Arc<Run>) {
    let asks = [random_ask(run), random_ask(run)];
    let limit = run.world.millis(..3_000);
    let (what, made) = (format!("{asks:?} as one operation of {limit:?}"), run.clone());
    let calls = with_shared_deadline(async move {
        for ask in asks {
            ask.make(&made, How::InOperation).await;
        }
    });
    let calls = CallOptions::new().timeout(limit).scope(calls);
    Bounded::new(&run.world, what, limit, calls).drive().await;
}

/// Changes what a server answers, and sometimes tells a cache.
fn change(run: &Run) {
    let world = &run.world;
    let choice = world.below(10);
    let (mut keto, mut kratos) = (run.keto.state(), run.kratos.state());
    let changed = match choice {
        0 => {
            keto.is_current = !keto.is_current;
            None
        }
        1 => {
            kratos.is_current = !kratos.is_current;
            None
        }
        2 => {
            keto.namespaces[1] = !keto.namespaces[1];
            None
        }
        3..7 => {
            let place = world.pick(&[0, 0, 2, 5, 11]);
            keto.allowed[place] = !keto.allowed[place];
            Some(Key::Check(place))
        }
        _ => {
            let place = world.pick(&[0, 0, 1, 2, 3]);
            kratos.sessions[place] = world.pick(&STANDINGS);
            Some(Key::Credential(place))
        }
    };
    drop((keto, kratos));
    world.counters().changes += 1;
    if world.chance(70) {
        invalidate(run, changed);
    }
}

/// Tells a cache to forget one thing or everything. Where the thing is not given, it is any.
fn invalidate(run: &Run, key: Option<Key>) {
    let world = &run.world;
    let (is_one, is_popular) = (world.chance(50), world.chance(60));
    let popular = run.stacks.keto[world.settings.popular_stack].cache.as_ref();
    let caches: Vec<_> = run.stacks.caches().collect();
    let cache = match key {
        Some(Key::Credential(_)) => run.stacks.kratos[1].cache.as_ref(),
        _ => popular.filter(|_| is_popular),
    };
    let cache = cache.unwrap_or_else(|| world.pick(&caches));
    let any = match cache.id {
        SESSIONS => Key::Credential(world.pick(&[0, 0, 1, 2, 3])),
        _ => Key::Check(world.pick(&[0, 0, 2, 5])),
    };
    let fits = |key: &Key| matches!(key, Key::Credential(_)) == (cache.id == SESSIONS);
    cache.invalidate(world, is_one.then_some(key.filter(fits).unwrap_or(any)));
}

/// Waits, now and then for so long that everything that is remembered has to be found out again.
async fn wait(run: &Run) {
    let longest = run.world.pick(&[10, 100, 500, 2_000, 70_000]);
    sleep(run.world.millis(..longest)).await;
}
