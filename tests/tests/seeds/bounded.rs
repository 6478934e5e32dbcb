//! Calls that must end by their deadlines.

use crate::{
    calls::{Ask, How, Run},
    world::{SLACK, World},
};
use futures_util::future::{BoxFuture, FutureExt};
use ory_http::Instant;
use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// A call that must end by its deadline. Its time begins when it is polled first.
pub struct Bounded {
    what: String,
    world: Arc<World>,
    future: BoxFuture<'static, ()>,
    pub limit: Duration,
    started: Option<Instant>,
    ended: bool,
    left_alone: bool,
}

impl Bounded {
    /// A call. One that is left alone may be polled too late to end by its deadline; it must end
    /// then at once.
    pub fn call(run: &Arc<Run>, ask: Ask, timeout: Option<Duration>, left_alone: bool) -> Self {
        let (limit, what) = (ask.limit(run, timeout), format!("{} {timeout:?}", ask.describe(run)));
        let made = run.clone();
        let call = async move {
            ask.make(&made, How::Alone { timeout, left_alone }).await;
        };
        let mut bounded = Self::new(&run.world, what, limit, call);
        bounded.left_alone = left_alone;
        bounded
    }

    /// Whatever must end by a deadline.
    pub fn new(
        world: &Arc<World>,
        what: String,
        limit: Duration,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let (world, future) = (world.clone(), future.boxed());
        Self { what, world, future, limit, started: None, ended: false, left_alone: false }
    }

    /// Polls the call until it ends, which it must by its deadline.
    pub async fn drive(self) {
        let (what, world) = (self.what.clone(), self.world.clone());
        if tokio::time::timeout(self.limit + 10 * SLACK, self).await.is_err() {
            world.violation(format!("nothing woke it at its deadline: {what}"));
        }
    }
}

impl Future for Bounded {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let started = *this.started.get_or_insert_with(Instant::now);
        let result = this.future.as_mut().poll(context);
        this.ended = result.is_ready();
        let is_late = started.elapsed() > this.limit + SLACK;
        if is_late && (result.is_pending() || !this.left_alone) {
            let (what, waited) = (&this.what, started.elapsed());
            this.world.violation(format!("not ended by its deadline but after {waited:?}: {what}"));
        }
        result
    }
}

impl Drop for Bounded {
    fn drop(&mut self) {
        if self.started.is_some() && !self.ended {
            self.world.counters().dropped += 1;
            self.world.moment("dropped");
        }
    }
}
