//! One run: everything random about it comes from its seed.

use crate::{
    bounded::Bounded,
    callers::caller,
    calls::{Ask, How, Run},
    keto_server::KetoServer,
    kratos_server::{CREDENTIALS, KratosServer, Standing},
    server::Server,
    stacks::{Servers, Stacks},
    world::{Counters, World},
};
use futures_util::future::join_all;
use std::{
    sync::{Arc, Weak},
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

/// What came of a run.
pub struct Outcome {
    pub counters: Counters,
    /// A hash of what happened when.
    pub trace: u64,
    pub violations: Vec<String>,
}

/// No run needs so long by its own clock.
const HANG: Duration = Duration::from_hours(2);

/// What a client notices of an upgrade after this long, although nothing contradicts what it knows.
const VERSION_HOLDS: Duration = Duration::from_secs(61);

/// Runs a seed on this thread, on a clock that jumps to whatever comes next.
pub fn run(seed: u64) -> Outcome {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let world = Arc::new(World::new(seed));
        if timeout(HANG, all_of(&world)).await.is_err() {
            world.violation("the run did not end");
        }
        let (counters, trace) = (*world.counters(), world.trace());
        Outcome { counters, trace, violations: world.violations() }
    })
}

async fn all_of(world: &Arc<World>) {
    let (keto, kratos) = (KetoServer::new(world), KratosServer::new(world));
    let servers = Servers::new(world, &keto, &kratos);
    let stacks = Stacks::new(world, &servers);
    let run = Arc::new(Run { world: world.clone(), stacks, keto, kratos });

    let mut callers = JoinSet::new();
    for _ in 0..=world.below(5) {
        callers.spawn(caller(run.clone()));
    }
    while let Some(ended) = callers.join_next().await {
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    for server in servers.all() {
        server.check_end();
    }
    for cache in run.stacks.caches() {
        if cache.in_flight() > 0 {
            world.violation("a fetch is in flight that nobody waits for");
        }
    }
    calm(&run, &servers).await;

    // Whatever is left of a fetch would hold its client.
    let left: Vec<Weak<Server>> = servers.all().map(Arc::downgrade).into();
    drop((run, servers));
    if left.iter().any(|server| server.strong_count() > 0) {
        world.violation("something is left that holds a client");
    }
}

/// When nothing fails any more, everything works at once.
async fn calm(run: &Arc<Run>, servers: &Servers) {
    let world = &run.world;
    world.calm();
    become_version(run, false);
    // The older Keto has nothing for the clients over gRPC.
    for stack in 0..5 {
        must_check(run, stack).await;
    }
    become_version(run, true);
    let notices = world.chance(50);
    if notices {
        sleep(VERSION_HOLDS).await;
    }
    let upgraded = Instant::now();
    for stack in 0..run.stacks.keto.len() {
        must_check(run, stack).await;
    }
    if notices && world.had_no_route_since(upgraded) {
        world.violation("an older version was held to be the server's for too long");
    }
    {
        let mut kratos = run.kratos.state();
        kratos.is_current = true;
        kratos.sessions[0] = Standing::Active;
    }
    for stack in 0..run.stacks.kratos.len() {
        must_answer(run, Ask::Whoami { stack, place: 0 }).await;
    }
    must_answer(run, Ask::MySessions { place: 0 }).await;

    // As many as are allowed, of which none ends before all are in flight: no permit is lost.
    let Some(limit) = world.settings.max_in_flight else { return };
    assert!(limit <= CREDENTIALS + 1);
    let gathered = |server: &Server, ask: fn(usize) -> Ask| {
        server.gather(limit);
        join_all((0..limit).map(move |place| must_answer(run, ask(place))))
    };
    gathered(&servers.keto, |place| Ask::Check { stack: 0, place }).await;
    gathered(&servers.keto_grpc, |place| Ask::Check { stack: 5, place }).await;
    gathered(&servers.kratos, |place| Ask::Whoami { stack: 0, place: place % CREDENTIALS }).await;
}

/// Everything that is asked has an answer from now on.
fn become_version(run: &Run, is_current: bool) {
    let mut keto = run.keto.state();
    keto.is_current = is_current;
    keto.namespaces.fill(true);
}

async fn must_check(run: &Arc<Run>, stack: usize) {
    must_answer(run, Ask::CheckMany { stack, places: vec![0, 2, 4, 6, 1] }).await;
    must_answer(run, Ask::Check { stack, place: 1 }).await;
}

async fn must_answer(run: &Arc<Run>, ask: Ask) {
    let limit = Duration::from_millis(20);
    let (what, made) = (format!("{ask:?} at the end"), run.clone());
    let call = Bounded::new(&run.world, what.clone(), limit, async move {
        if !ask.make(&made, How::alone(Some(limit))).await {
            made.world.violation(format!("no answer: {what}"));
        }
    });
    call.drive().await;
}
