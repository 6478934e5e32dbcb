//! What must hold of how a call ends.

use crate::{
    calls::{Ask, How, Run},
    history::{Age, Answer, Key, Moment, Question},
    keto_server::namespace_of,
    stacks::{Cache, Keto, Stack},
    world::{PROMPT, SLACK},
};
use keto_client::{CheckError, CheckResult, CheckedNames, Decision};
use kratos_client::Whoami;
use ory_http::{Error, ErrorKind};
use std::time::Duration;

/// Judges what comes of a call.
pub struct Judge<'a> {
    pub run: &'a Run,
    pub started: Moment,
    pub ask: &'a Ask,
    pub how: How,
}

impl Judge<'_> {
    fn violation(&self, what: &str) {
        let Self { run, ask, how, started } = self;
        let ask = ask.describe(run);
        let world = &self.run.world;
        let began = world.elapsed().saturating_sub(started.time.elapsed());
        world.violation(format!("{what}: {ask} {how:?}, which began after {began:?}"));
    }

    pub fn question(&self, key: Key, cache: Option<&Cache>) -> Question {
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
        let mut counters = world.counters();
        counters.answers += 1;
        counters.shared += u64::from(std::mem::replace(&mut source.used, true));
        counters.earlier += u64::from(source.at.number < self.started.number);
        true
    }

    pub fn whoami(
        &self,
        is_cached: bool,
        question: &Question,
        result: Result<Whoami, Error>,
    ) -> bool {
        match result {
            Ok(whoami) => self.answer(question, of_whoami(&whoami)),
            Err(error) => self.error(is_cached, &error),
        }
    }

    pub fn done(&self, result: Result<(), Error>) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => self.error(false, &error),
        }
    }

    pub fn decision(
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
            let remembered = CheckedNames::<()>::NAMESPACE_TTL + settings.cache_timeout;
            let age = Age::AtMost(remembered + settings.denied_max_age + settings.client_timeout);
            let key = Key::Namespace(namespace_of(place));
            let question = Question { key, age, after: 0, ..*question };
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

    pub fn decisions(
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
    pub fn error(&self, is_cached: bool, error: &Error) -> bool {
        let world = &self.run.world;
        let settings = &world.settings;
        world.counters().errors += 1;
        match error.kind() {
            ErrorKind::Timeout(_) => {
                world.counters().timeouts += 1;
                self.timeout(is_cached);
            }
            ErrorKind::Panicked if is_cached && world.counters().panics > 0 => {}
            // Namespaces change in every run.
            ErrorKind::UnknownName { .. } => {}
            ErrorKind::RouteNotFound { .. } if self.had_no_route() => {}
            ErrorKind::Unsupported { .. } if self.had_no_route() && self.ask.is_grpc(self.run) => {}
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

    /// A timeout must be the caller's own, or the client's.
    fn timeout(&self, is_cached: bool) {
        let settings = &self.run.world.settings;
        let How::Alone { timeout, left_alone } = self.how else { return };
        let cache = if is_cached { settings.cache_timeout } else { Duration::MAX };
        let limit = timeout.unwrap_or(cache).min(settings.client_timeout);
        let waited = self.started.time.elapsed();
        if !settings.early_timeouts && waited + SLACK < limit {
            self.violation(&format!("a timeout after {waited:?} of {limit:?}"));
        }
        let limit = self.ask.limit(self.run, timeout);
        if settings.is_prompt && !left_alone && limit >= PROMPT {
            self.violation("a timeout though nothing fails and nobody is slow");
        }
    }

    /// Whether a server has said, since the call began or since what it joined did, that it has no
    /// such route.
    fn had_no_route(&self) -> bool {
        let longest = Duration::from_secs(20);
        let since = self.started.time.checked_sub(longest).unwrap_or(self.started.time);
        self.run.world.had_no_route_since(since)
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
