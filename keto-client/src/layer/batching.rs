//! Many checks over whatever transport: split to the server's limit, several batches in flight;
//! one by one where the server has no batch operation.

use crate::api::{
    batch::{CheckError, CheckResult},
    permissions::{Check, Decision, Permissions},
};
use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::StatusCode;
use ory_http::{ConfigError, Error, ErrorKind, Instant};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{PoisonError, RwLock},
    time::Duration,
};

/// The most tuples in a batch while the server's limit is not known. Finding out costs one
/// refused call.
const LARGEST_BATCH: usize = 1_000;

/// What the server says in place of a batch's results, and of a tuple whose namespace it does not
/// know. A single check turns the latter into a denial on the server's side.
const OVER_LIMIT: &str = "batch exceeds max size of ";
const NOT_FOUND: &str = "The requested resource could not be found";

/// How many calls `batch_check` has in flight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InFlight {
    pub(crate) batches: usize,
    pub(crate) checks: usize,
}

impl Default for InFlight {
    fn default() -> Self {
        Self { batches: 8, checks: 16 }
    }
}

/// What is known of the server's batch operation so far, and how it is used.
#[derive(Debug)]
pub(crate) struct Batching {
    limit: Remembered<usize>,
    absent: Remembered<()>,
    in_flight: InFlight,
}

impl Batching {
    pub(crate) fn new(in_flight: InFlight) -> Result<Self, ConfigError> {
        let zero = |setting| Err(ConfigError::new(setting, "must be above zero"));
        match in_flight {
            InFlight { batches: 0, .. } => zero("batches in flight"),
            InFlight { checks: 0, .. } => zero("checks in flight"),
            _ => {
                Ok(Self { limit: Remembered::default(), absent: Remembered::default(), in_flight })
            }
        }
    }
}

/// Something about the server that is remembered for a minute: it may be replaced by another
/// version, or configured anew.
#[derive(Debug, Default)]
struct Remembered<T>(RwLock<Option<(T, Instant)>>);

impl<T: Copy> Remembered<T> {
    const TIME: Duration = Duration::from_mins(1);

    fn get(&self) -> Option<T> {
        let remembered = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        remembered.filter(|(_, since)| since.elapsed() < Self::TIME).map(|(value, _)| value)
    }

    fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((value, Instant::now()));
    }
}

/// What came of one batch.
pub(crate) enum Batch {
    /// The server's word on each tuple: whether it is allowed, and an error or nothing.
    Answered(Vec<(bool, String)>),
    /// The server has no batch operation.
    NoOperation,
}

/// A transport that can send a batch.
#[async_trait]
pub(crate) trait AsksInBatches: Permissions {
    fn batching(&self) -> &Batching;

    /// Sends one batch, whose checks have one depth.
    async fn send_batch(&self, depth: Option<u32>, checks: &[&Check]) -> Result<Batch, Error>;
}

pub(crate) const OPERATION: &str = "check many";

pub(crate) async fn batch_check(
    keto: &impl AsksInBatches,
    checks: &[Check],
) -> Result<Vec<CheckResult>, Error> {
    let batching = keto.batching();
    let mut limit = batching.limit.get().unwrap_or(LARGEST_BATCH);
    while batching.absent.get().is_none() {
        match in_batches(keto, checks, limit).await {
            Ok(Some(results)) => return Ok(results),
            Ok(None) => {
                batching.absent.set(());
                break;
            }
            // The limit only falls, so this comes to an end.
            Err(error) => match limit_in(&error).filter(|learned| learned.get() < limit) {
                Some(learned) => {
                    limit = learned.get();
                    batching.limit.set(limit);
                }
                None => return Err(error),
            },
        }
    }
    // Pushed in a loop: futures of a closure's are not seen to be Send.
    let mut one_by_one = Vec::new();
    for check in checks {
        one_by_one.push(ask_one(keto, check));
    }
    stream::iter(one_by_one).buffered(batching.in_flight.checks).try_collect().await
}

/// `None` where the server has no batch operation.
async fn in_batches(
    keto: &impl AsksInBatches,
    checks: &[Check],
    limit: usize,
) -> Result<Option<Vec<CheckResult>>, Error> {
    // A batch has one depth.
    let mut by_depth = BTreeMap::<_, Vec<usize>>::new();
    for (place, check) in checks.iter().enumerate() {
        by_depth.entry(check.max_depth).or_default().push(place);
    }
    let mut batches = Vec::new();
    for (depth, places) in &by_depth {
        for places in places.chunks(limit) {
            batches.push(ask_batch(keto, checks, *depth, places));
        }
    }
    let mut answers = stream::iter(batches).buffer_unordered(keto.batching().in_flight.batches);
    let mut results: Vec<Option<CheckResult>> = vec![None; checks.len()];
    while let Some((places, batch)) = answers.try_next().await? {
        let Batch::Answered(answered) = batch else { return Ok(None) };
        for (place, (allowed, error)) in places.iter().zip(answered) {
            results[*place] = Some(result(allowed, error));
        }
    }
    Ok(results.into_iter().collect())
}

/// Asks the questions in these places.
async fn ask_batch<'a>(
    keto: &impl AsksInBatches,
    checks: &[Check],
    depth: Option<u32>,
    places: &'a [usize],
) -> Result<(&'a [usize], Batch), Error> {
    let questions: Vec<&Check> = places.iter().map(|place| &checks[*place]).collect();
    let batch = keto.send_batch(depth, &questions).await?;
    match &batch {
        Batch::Answered(answered) if answered.len() != places.len() => {
            let problem = "a batch with more or fewer results than questions";
            Err(Error::new(OPERATION, ErrorKind::Unexpected { status: None, problem }))
        }
        _ => Ok((places, batch)),
    }
}

pub(crate) fn result(allowed: bool, error: String) -> CheckResult {
    match (allowed, error.as_str()) {
        (true, "") => Ok(Decision::Allowed),
        (false, "" | NOT_FOUND) => Ok(Decision::Denied),
        _ => Err(CheckError::Refused { reason: error }),
    }
}

/// The limit that the server names when a batch is above it.
fn limit_in(error: &Error) -> Option<NonZeroUsize> {
    error.reason()?.strip_prefix(OVER_LIMIT)?.parse().ok()
}

/// Asks one question. What is wrong with the question stays with it; any other error is about
/// all of them.
async fn ask_one(keto: &impl AsksInBatches, check: &Check) -> Result<CheckResult, Error> {
    let error = match keto.check(check).await {
        Ok(decision) => return Ok(Ok(decision)),
        Err(error) => error,
    };
    let refused = error.status() == Some(StatusCode::BAD_REQUEST) && !error.is_retryable();
    let reason = match error.kind() {
        ErrorKind::InvalidInput { problem } => Some(problem.as_str()),
        _ => error.reason().filter(|_| refused),
    };
    match reason {
        Some(reason) => Ok(Err(CheckError::Refused { reason: reason.to_owned() })),
        None => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{subject::Subject, tuple::RelationTuple};
    use proptest::prelude::*;

    /// Answers by the subject's first letter: allows `a`, has an error for `e`, denies the rest.
    struct Fake {
        batching: Batching,
        limit: Option<usize>,
    }

    fn letter(check: &Check) -> char {
        let Subject::Id(id) = &check.tuple().subject else { panic!("a set") };
        id.as_str().chars().next().unwrap()
    }

    fn error(status: StatusCode, reason: String) -> Error {
        let error = ory_http::ServerError::from_grpc(status, "TEST", reason);
        Error::new("test", ErrorKind::Server(Box::new(error)))
    }

    #[async_trait]
    impl Permissions for Fake {
        async fn check(&self, check: &Check) -> Result<Decision, Error> {
            match letter(check) {
                'a' => Ok(Decision::Allowed),
                'e' => Err(error(StatusCode::BAD_REQUEST, "no".into())),
                'x' => Err(error(StatusCode::BAD_GATEWAY, String::new())),
                _ => Ok(Decision::Denied),
            }
        }
    }

    #[async_trait]
    impl AsksInBatches for Fake {
        fn batching(&self) -> &Batching {
            &self.batching
        }

        async fn send_batch(&self, depth: Option<u32>, checks: &[&Check]) -> Result<Batch, Error> {
            let Some(limit) = self.limit else { return Ok(Batch::NoOperation) };
            if checks.len() > limit {
                return Err(error(StatusCode::BAD_REQUEST, format!("{OVER_LIMIT}{limit}")));
            }
            assert!(checks.iter().all(|check| check.max_depth == depth));
            let answer = |check: &&Check| match letter(check) {
                // An allow with an error is no allow.
                'e' => (true, "no".to_owned()),
                'n' => (false, NOT_FOUND.to_owned()),
                letter => (letter == 'a', String::new()),
            };
            Ok(Batch::Answered(checks.iter().map(answer).collect()))
        }
    }

    fn ask(limit: Option<usize>, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let batching = Batching::new(InFlight { batches: 3, checks: 2 }).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(batch_check(&Fake { batching, limit }, checks))
    }

    fn check(who: &str, depth: Option<u32>) -> Check {
        let check = Check::new(RelationTuple::new("app", "page", "read", Subject::id(who)));
        Check { max_depth: depth, ..check }
    }

    proptest! {
        #[test]
        fn every_answer_stands_where_its_question_stood(
            who in prop::collection::vec(("[aben][0-9]", prop::option::of(1..3_u32)), 0..60),
            limit in prop::option::of(1..20_usize),
        ) {
            let checks: Vec<_> = who.iter().map(|(who, depth)| check(who, *depth)).collect();
            let expected: Vec<CheckResult> = checks.iter().map(|check| match letter(check) {
                'a' => Ok(Decision::Allowed),
                'e' => Err(CheckError::Refused { reason: "no".into() }),
                _ => Ok(Decision::Denied),
            }).collect();
            prop_assert_eq!(ask(limit, &checks).unwrap(), expected);
        }
    }

    #[test]
    fn an_error_of_the_servers_fails_the_call() {
        let error = ask(None, &[check("a", None), check("x", None)]).unwrap_err();
        assert!(error.is_retryable());
    }
}
