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
    /// Whether it was sent back whole. Nothing else may be taken for an answer.
    pub delivered: bool,
    /// Whether a call has got it.
    pub used: bool,
}

/// One of the caches of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheId(pub usize);

/// How old an answer may be.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub key: Key,
    pub started: Moment,
    /// The number of the moment after which the server must have been asked.
    pub after: usize,
    /// For how long a fetch may have been in flight that a caller joins; `None` without a cache,
    /// where the server must have been asked after the call began.
    pub join: Option<Duration>,
}

#[derive(Default)]
pub struct History {
    moments: usize,
    pub evaluations: Vec<Evaluation>,
    forgotten: HashMap<(CacheId, Option<Key>), usize>,
}

impl History {
    pub fn moment(&mut self, time: Instant) -> Moment {
        self.moments += 1;
        Moment { number: self.moments, time }
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
        Question { key, started, after, join: cache.map(|(_, join)| join) }
    }

    /// The evaluation that an answer can come from: one of the same key, recent enough, whose
    /// response was sent back whole.
    pub fn source(&mut self, question: &Question, answer: Answer) -> Option<&mut Evaluation> {
        let Question { key, started, after, join } = *question;
        self.evaluations.iter_mut().rev().find(|evaluation| {
            let Evaluation { at, lifespan, delivered, .. } = evaluation;
            let is_recent = join.is_none_or(|join| at.time + (*lifespan).max(join) >= started.time);
            let is_same = evaluation.key == key && evaluation.answer == answer;
            *delivered && is_same && is_recent && at.number > after
        })
    }
}
