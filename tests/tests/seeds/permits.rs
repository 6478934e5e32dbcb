//! How many requests a client has in flight, and whether a call waits while it may have more.

use crate::world::{SLACK, World};
use ory_http::Instant;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The permits of one client as its server sees them.
pub struct Permits {
    world: Arc<World>,
    state: Mutex<State>,
}

struct State {
    in_flight: usize,
    /// Since when there is a permit that nobody has, if there is one.
    free_since: Option<Instant>,
    /// The calls that wait for a permit, by their number.
    waiting: BTreeMap<usize, Instant>,
}

/// A call that waits for a permit, unless its request was sent.
pub struct Waiting<'a> {
    permits: &'a Permits,
    call: usize,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.permits.judged().waiting.remove(&self.call);
    }
}

/// A request in flight.
pub struct InFlight<'a> {
    permits: &'a Permits,
    /// How many there were when this one was sent, this one included.
    pub count: usize,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        let mut state = self.permits.judged();
        state.in_flight -= 1;
        state.free_since = state.free_since.or(Some(Instant::now()));
    }
}

impl Permits {
    pub fn new(world: &Arc<World>) -> Self {
        let free_since = Some(Instant::now());
        let state = State { in_flight: 0, free_since, waiting: BTreeMap::new() };
        Self { world: world.clone(), state: Mutex::new(state) }
    }

    /// A call has to wait for nothing but a permit from now on.
    pub fn wait(&self, call: usize) -> Waiting<'_> {
        self.judged().waiting.insert(call, Instant::now());
        Waiting { permits: self, call }
    }

    /// A request is sent, perhaps of a call that waited.
    pub fn sent(&self, call: Option<usize>) -> InFlight<'_> {
        let limit = self.world.settings.max_in_flight.unwrap_or(usize::MAX);
        let mut state = self.judged();
        if let Some(call) = call {
            state.waiting.remove(&call);
        }
        state.in_flight += 1;
        let count = state.in_flight;
        if count > limit {
            self.world.violation(format!("{count} requests in flight"));
        }
        if count >= limit {
            state.free_since = None;
        }
        InFlight { permits: self, count }
    }

    pub fn check_end(&self) {
        let left = self.judged().in_flight;
        if left > 0 {
            self.world.violation(format!("{left} requests in flight that nobody waits for"));
        }
    }

    /// The state. Before it changes, no call may have waited while a permit was free.
    fn judged(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // A call that is not polled can have a permit without a request.
        if let Some(free_since) = state.free_since.filter(|_| self.world.settings.all_are_polled) {
            state.waiting.retain(|call, since| {
                let waited = free_since.max(*since).elapsed();
                if waited > SLACK {
                    let problem = format!("call {call} waited {waited:?} beside a free permit");
                    self.world.violation(problem);
                }
                waited <= SLACK
            });
        }
        state
    }
}
