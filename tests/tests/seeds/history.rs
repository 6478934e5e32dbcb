//! What the servers answered and what the caches were told to forget, by which every answer of a
//! call is judged.

use ory_http::Instant;
use std::{collections::HashMap, time::Duration};

/// A point in the history of a run. Things that happen at the same time have an order, too.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub number: usize,
    pub time: Instant,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Check(usize),
    Namespace(usize),
    Credential(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Allowed,
    Denied,
    Exists,
    Unknown,
    /// The session names the evaluation that it is of.
    Active {
        evaluation: usize,
    },
    NoSession,
    SecondFactorRequired,
    Inactive,
}

/// What a server answered at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Evaluation {
    pub key: Key,
    pub answer: Answer,
    pub at: Moment,
    /// For how long the answer may be cached.
    pub lifespan: Duration,
    /// The fetch of a cache that the server was asked by.
    pub fetch: Option<usize>,
    /// Whether it was sent back whole. Nothing else may be taken for an answer.
    pub delivered: bool,
    /// Whether a call has got it.
    pub used: bool,
}

/// One of the caches of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheId(pub usize);

/// What is asked, and how old the answer may be.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub key: Key,
    pub started: Moment,
    /// The number of the moment after which the server must have been asked.
    pub after: usize,
    pub age: Age,
}

/// How old an answer may be when a call begins.
#[derive(Clone, Copy, Debug)]
pub enum Age {
    /// The server is asked after the call began, which [`Question::after`] says.
    Fresh,
    /// As long as its evaluation may be cached; where that is not at all, any, if it is of a fetch
    /// that is in flight for no longer than this.
    Cached {
        join: Duration,
    },
    AtMost(Duration),
}

/// A fetch of a cache.
struct Fetch {
    began: Moment,
    /// The number of the moment at which it ended or was dropped.
    ended: Option<usize>,
}

#[derive(Default)]
pub struct History {
    moments: usize,
    pub evaluations: Vec<Evaluation>,
    fetches: HashMap<usize, Fetch>,
    forgotten: HashMap<(CacheId, Option<Key>), usize>,
}

impl History {
    pub fn moment(&mut self, time: Instant) -> Moment {
        self.moments += 1;
        Moment { number: self.moments, time }
    }

    /// Notes that a fetch begins. Its number is that of the moment.
    pub fn fetch_began(&mut self, began: Moment) {
        self.fetches.insert(began.number, Fetch { began, ended: None });
    }

    /// Notes that a fetch has ended or was dropped.
    pub fn fetch_ended(&mut self, number: usize, at: Moment) {
        self.fetches.get_mut(&number).unwrap().ended = Some(at.number);
    }

    /// Notes that a cache has forgotten a key, or everything.
    pub fn forgot(&mut self, cache: CacheId, key: Option<Key>, at: Moment) {
        self.forgotten.insert((cache, key), at.number);
    }

    /// A question that is asked now.
    pub fn question(
        &self,
        key: Key,
        started: Moment,
        cache: Option<(CacheId, Duration)>,
    ) -> Question {
        let forgotten = |key| {
            let cache = cache.map(|(cache, _)| cache)?;
            self.forgotten.get(&(cache, key)).copied()
        };
        let after = match cache {
            None => started.number,
            Some(_) => forgotten(None).max(forgotten(Some(key))).unwrap_or(0),
        };
        let age = cache.map_or(Age::Fresh, |(_, join)| Age::Cached { join });
        Question { key, started, after, age }
    }

    fn is_recent(&self, evaluation: &Evaluation, started: Moment, age: Age) -> bool {
        let at_most = |age| evaluation.at.time + age >= started.time;
        match age {
            Age::Fresh => true,
            Age::AtMost(age) => at_most(age),
            Age::Cached { join } => {
                let fetch = evaluation.fetch.map(|fetch| &self.fetches[&fetch]);
                let joined = fetch.is_some_and(|Fetch { began, ended }| {
                    let was_in_flight = ended.is_none_or(|ended| ended > started.number);
                    was_in_flight && began.time + join >= started.time
                });
                at_most(evaluation.lifespan) || evaluation.lifespan.is_zero() && joined
            }
        }
    }

    /// The evaluation that an answer can come from: one of the same key, recent enough, whose
    /// response was sent back whole.
    pub fn source(&mut self, question: &Question, answer: Answer) -> Option<&mut Evaluation> {
        let Question { key, started, after, age } = *question;
        let place = self.evaluations.iter().rposition(|evaluation| {
            let is_same = evaluation.key == key && evaluation.answer == answer;
            evaluation.delivered
                && is_same
                && evaluation.at.number > after
                && self.is_recent(evaluation, started, age)
        });
        place.map(|place| &mut self.evaluations[place])
    }
}
