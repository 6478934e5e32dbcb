//! Calls to the clients, and what must hold of how each of them ends.

use crate::{
    attempts::CALL_ID,
    history::{Answer, Key, Moment, Question},
    keto_server::{KetoServer, namespace_of},
    kratos_server::{KratosServer, credential, token},
    stacks::{Cache, Keto, Stack, Stacks},
    world::World,
};
use futures_util::future::{BoxFuture, FutureExt};
use http::HeaderName;
use keto_client::{CheckError, CheckResult, CheckedNames, Decision, RelationshipPatch};
use kratos_client::{PageRequest, Whoami};
use ory_http::{CallOptions, Error, ErrorKind, Instant};
use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

/// What the callers of a run share.
pub struct Run {
    pub world: Arc<World>,
    pub stacks: Stacks,
    pub keto: KetoServer,
    pub kratos: KratosServer,
}

/// What is asked, of one of the stacks.
#[derive(Clone, Debug)]
pub enum Ask {
    Check { stack: usize, place: usize },
    CheckMany { stack: usize, places: Vec<usize> },
    Write { stack: usize, place: usize, insert: bool, patch: bool },
    Whoami { stack: usize, place: usize },
    LogOut { stack: usize, place: usize },
    MySessions { place: usize },
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With options of its own, of which the timeout is one or none.
    Alone(Option<Duration>),
    /// As a part of an operation, within the operation's deadline and options.
    InOperation,
}

/// By how much a timer may be late: it is as exact as a millisecond.
const SLACK: Duration = Duration::from_millis(2);

impl Ask {
    /// How long the call takes at most if its options don't say.
    fn timeout(&self, run: &Run) -> Duration {
        match *self {
            Self::Check { stack, .. } | Self::CheckMany { stack, .. } => {
                run.stacks.keto[stack].timeout
            }
            Self::Whoami { stack, .. } => run.stacks.kratos[stack].timeout,
            _ => run.world.settings.client_timeout,
        }
    }

    /// The call with the name of its stack.
    fn describe(&self, run: &Run) -> String {
        let stack = match *self {
            Self::Check { stack, .. }
            | Self::CheckMany { stack, .. }
            | Self::Write { stack, .. } => run.stacks.keto[stack].name,
            Self::Whoami { stack, .. } | Self::LogOut { stack, .. } => {
                run.stacks.kratos[stack].name
            }
            Self::MySessions { .. } => "Kratos",
        };
        format!("{self:?} of {stack}")
    }

    /// How long the call takes at most.
    pub fn limit(&self, run: &Run, timeout: Option<Duration>) -> Duration {
        timeout.unwrap_or_else(|| self.timeout(run))
    }

    /// Makes the call and judges what comes of it. Tells whether there was an answer.
    pub async fn make(self, run: &Run, how: How) -> bool {
        run.world.tally().calls += 1;
        let started = run.world.moment("call");
        let judge = Judge { run, started, ask: &self, how };
        match self {
            Self::Check { stack, place } => {
                let stack = &run.stacks.keto[stack];
                let question = judge.question(Key::Check(place), stack.cache.as_ref());
                let call = stack.service.check(&run.stacks.checks[place]);
                let result = how.scope(started, true, call).await;
                judge.decision(stack, place, &question, result)
            }
            Self::CheckMany { stack, ref places } => {
                let stack = &run.stacks.keto[stack];
                let checks: Vec<_> =
                    places.iter().map(|place| run.stacks.checks[*place].clone()).collect();
                let questions: Vec<_> = places
                    .iter()
                    .map(|place| judge.question(Key::Check(*place), stack.cache.as_ref()))
                    .collect();
                let call = stack.service.batch_check(&checks);
                match how.scope(started, false, call).await {
                    Ok(results) => judge.decisions(stack, places, &questions, &results),
                    Err(error) => judge.error(stack.cache.is_some(), &error),
                }
            }
            Self::Write { stack, place, insert, patch } => {
                let stack = &run.stacks.keto[stack];
                let _forgot = Forgot { run, cache: stack.cache.as_ref(), key: None };
                let tuple = run.stacks.checks[place].tuple().clone();
                let call = async {
                    match (insert, patch) {
                        (true, false) => stack.service.create_relationship(&tuple).await,
                        (true, true) => {
                            stack
                                .service
                                .patch_relationships(&[RelationshipPatch::Insert(tuple)])
                                .await
                        }
                        (false, false) => stack.service.delete_relationship(&tuple).await,
                        (false, true) => {
                            stack
                                .service
                                .patch_relationships(&[RelationshipPatch::Delete(tuple)])
                                .await
                        }
                    }
                };
                judge.done(how.scope(started, true, call).await)
            }
            Self::Whoami { stack, place } => {
                let stack = &run.stacks.kratos[stack];
                let question = judge.question(Key::Credential(place), stack.cache.as_ref());
                let credential = credential(&run.world, place);
                let call = stack.service.whoami(&credential);
                match how.scope(started, true, call).await {
                    Ok(whoami) => judge.answer(&question, of_whoami(&whoami)),
                    Err(error) => judge.error(stack.cache.is_some(), &error),
                }
            }
            Self::LogOut { stack, place } => {
                let stack = &run.stacks.kratos[stack];
                let key = Some(Key::Credential(place));
                let _forgot = Forgot { run, cache: stack.cache.as_ref(), key };
                let token = token(place);
                judge.done(how.scope(started, true, stack.service.native_logout(&token)).await)
            }
            Self::MySessions { place } => {
                let (page, credential) = (PageRequest::default(), credential(&run.world, place));
                let call = run.stacks.own_sessions.list_my_sessions_page(&credential, &page);
                judge.done(how.scope(started, true, call).await.map(drop))
            }
        }
    }
}

impl How {
    /// Runs a call with its options. Those of one that sends each of its requests once name it.
    async fn scope<F: Future>(self, started: Moment, sends_once: bool, call: F) -> F::Output {
        let Self::Alone(timeout) = self else { return call.await };
        let mut options = CallOptions::new();
        if let Some(timeout) = timeout {
            options = options.timeout(timeout);
        }
        if sends_once {
            options = options.header(HeaderName::from_static(CALL_ID), started.number.into());
        }
        options.scope(call).await
    }
}

/// Notes, when a write ends or is dropped, that its cache has forgotten.
struct Forgot<'a> {
    run: &'a Run,
    cache: Option<&'a Cache>,
    key: Option<Key>,
}

impl Drop for Forgot<'_> {
    fn drop(&mut self) {
        if let Some(cache) = self.cache {
            cache.forgot(&self.run.world, self.key);
        }
    }
}

fn of_whoami(whoami: &Whoami) -> Answer {
    match whoami {
        Whoami::Active(session) => {
            let evaluation = session.identity.traits["evaluation"].as_u64().unwrap();
            Answer::Active { evaluation: usize::try_from(evaluation).unwrap() }
        }
        Whoami::NoSession => Answer::NoSession,
        Whoami::SecondFactorRequired { .. } => Answer::SecondFactorRequired,
        Whoami::Inactive(_) => Answer::Inactive,
    }
}

/// Judges what comes of a call.
struct Judge<'a> {
    run: &'a Run,
    started: Moment,
    ask: &'a Ask,
    how: How,
}

impl Judge<'_> {
    fn violation(&self, what: &str) {
        let Self { run, ask, how, started } = self;
        let ask = ask.describe(run);
        let world = &self.run.world;
        let began = world.elapsed().saturating_sub(started.time.elapsed());
        world.violation(format!("{what}: {ask} {how:?}, which began after {began:?}"));
    }

    fn question(&self, key: Key, cache: Option<&Cache>) -> Question {
        let join = self.run.world.settings.cache_timeout;
        let cache = cache.map(|cache| (cache.id, join));
        self.run.world.history().question(key, self.started, cache)
    }

    /// An answer must be one of the server's to this very question, and recent enough.
    fn answer(&self, question: &Question, answer: Answer) -> bool {
        let world = &self.run.world;
        let mut history = world.history();
        let Some(source) = history.source(question, answer) else {
            drop(history);
            self.violation(&format!("the server gave no such answer in time: {answer:?}"));
            return true;
        };
        let mut tally = world.tally();
        tally.answers += 1;
        tally.shared += u64::from(std::mem::replace(&mut source.used, true));
        tally.earlier += u64::from(source.at.number < self.started.number);
        true
    }

    fn done(&self, result: Result<(), Error>) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => self.error(false, &error),
        }
    }

    fn decision(
        &self,
        stack: &Stack<dyn Keto>,
        place: usize,
        question: &Question,
        result: Result<Decision, Error>,
    ) -> bool {
        match result {
            Ok(decision) => self.decided(stack, place, question, decision),
            Err(error) => {
                if matches!(error.kind(), ErrorKind::UnknownName { .. }) {
                    self.unknown_name(stack, place, question);
                }
                self.error(stack.cache.is_some(), &error)
            }
        }
    }

    fn decided(
        &self,
        stack: &Stack<dyn Keto>,
        place: usize,
        question: &Question,
        decision: Decision,
    ) -> bool {
        if decision.is_allowed() {
            return self.answer(question, Answer::Allowed);
        }
        if stack.checks_names {
            // One that exists is remembered for a while from its response on.
            let settings = &self.run.world.settings;
            let remembered = CheckedNames::<()>::REMEMBERED + settings.cache_timeout;
            let join = Some(remembered + settings.denied_max_age + settings.client_timeout);
            let key = Key::Namespace(namespace_of(place));
            let question = Question { key, join, after: 0, ..*question };
            if self.run.world.history().source(&question, Answer::Exists).is_none() {
                self.violation("a denial in a namespace that was not looked up");
            }
        }
        self.answer(question, Answer::Denied)
    }

    fn unknown_name(&self, stack: &Stack<dyn Keto>, place: usize, question: &Question) {
        let question = Question { key: Key::Namespace(namespace_of(place)), ..*question };
        let is_known = self.run.world.history().source(&question, Answer::Unknown).is_none();
        if is_known || !stack.checks_names {
            self.violation("a namespace that the server did not say to be unknown");
        }
    }

    fn decisions(
        &self,
        stack: &Stack<dyn Keto>,
        places: &[usize],
        questions: &[Question],
        results: &[CheckResult],
    ) -> bool {
        if results.len() != places.len() {
            self.violation("more or fewer results than questions");
        }
        for ((place, question), result) in places.iter().zip(questions).zip(results) {
            match result {
                Ok(decision) => {
                    self.decided(stack, *place, question, *decision);
                }
                Err(CheckError::UnknownName { .. }) => self.unknown_name(stack, *place, question),
                Err(error) => self.violation(&format!("a check that was refused: {error}")),
            }
        }
        true
    }

    /// An error must be one that something planted explains.
    fn error(&self, is_cached: bool, error: &Error) -> bool {
        let world = &self.run.world;
        let settings = &world.settings;
        world.tally().errors += 1;
        match error.kind() {
            ErrorKind::Timeout(_) => {
                world.tally().timeouts += 1;
                let How::Alone(timeout) = self.how else { return false };
                let cache = if is_cached { settings.cache_timeout } else { Duration::MAX };
                let limit = timeout.unwrap_or(cache).min(settings.client_timeout);
                let waited = self.started.time.elapsed();
                if !settings.early_timeouts && waited + SLACK < limit {
                    self.violation(&format!("a timeout after {waited:?} of {limit:?}"));
                }
            }
            ErrorKind::Panicked if is_cached && world.tally().panics > 0 => {}
            // Namespaces and versions change in every run.
            ErrorKind::UnknownName { .. }
            | ErrorKind::RouteNotFound { .. }
            | ErrorKind::Unsupported { .. } => {}
            ErrorKind::Connect(_)
            | ErrorKind::Transport(_)
            | ErrorKind::BodyTooLarge { .. }
            | ErrorKind::Server(_)
            | ErrorKind::NotJson { .. }
            | ErrorKind::Decode { .. }
            | ErrorKind::Unexpected { .. }
                if settings.faults > 0 => {}
            _ => self.violation(&format!("an error that nothing explains: {error}")),
        }
        false
    }
}

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
    /// A call.
    pub fn call(run: &Arc<Run>, ask: Ask, timeout: Option<Duration>) -> Self {
        let (limit, what) = (ask.limit(run, timeout), format!("{} {timeout:?}", ask.describe(run)));
        let made = run.clone();
        let call = async move {
            ask.make(&made, How::Alone(timeout)).await;
        };
        Self::new(&run.world, what, limit, call)
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

    /// The call may be polled too late to end by its deadline. It must end then at once.
    pub fn left_alone(mut self) -> Self {
        self.left_alone = true;
        self
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
            self.world.tally().dropped += 1;
            self.world.moment("dropped");
        }
    }
}
