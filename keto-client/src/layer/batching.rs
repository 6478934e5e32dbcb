//! Batch checks over any transport: split into batches of the maximum size of the server, or sent
//! as single checks to a server without a batch operation.

use crate::api::{
    batch::{CheckError, CheckResult},
    error::ErrorExt,
    permissions::{Check, Decision, Permissions},
};
use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::StatusCode;
use ory_http::{ConfigError, Endpoint, Error, ErrorKind, Instant};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{PoisonError, RwLock},
    time::Duration,
};

/// The size of a batch while the maximum of the server is unknown. A rejected batch reveals it.
const DEFAULT_BATCH_SIZE: usize = 1_000;

/// What the server says in index of a batch's results, and of a tuple whose namespace it does not
/// know. A single check turns the latter into a denial on the server's side.
const MAX_SIZE_EXCEEDED: &str = "batch exceeds max size of ";
const NAMESPACE_NOT_FOUND: &str = "The requested resource could not be found";

/// The maximum numbers of concurrent requests of a `batch_check`.
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

/// The detected properties of the batch operation of the server, and the concurrency limits.
#[derive(Debug)]
pub(crate) struct BatchState {
    limit: TtlCell<usize>,
    unsupported: TtlCell<()>,
    in_flight: InFlight,
}

impl BatchState {
    pub(crate) fn new(in_flight: InFlight) -> Result<Self, ConfigError> {
        let zero = |setting| Err(ConfigError::new(setting, "must be above zero"));
        match in_flight {
            InFlight { batches: 0, .. } => zero("batches in flight"),
            InFlight { checks: 0, .. } => zero("checks in flight"),
            _ => Ok(Self { limit: TtlCell::default(), unsupported: TtlCell::default(), in_flight }),
        }
    }
}

/// A property of the server that is cached for a minute, because the server can be replaced by
/// another version or reconfigured.
#[derive(Debug, Default)]
struct TtlCell<T>(RwLock<Option<(T, Instant)>>);

impl<T: Copy> TtlCell<T> {
    const TTL: Duration = Duration::from_mins(1);

    fn get(&self) -> Option<T> {
        let remembered = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        remembered.filter(|(_, since)| since.elapsed() < Self::TTL).map(|(value, _)| value)
    }

    fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((value, Instant::now()));
    }
}

/// The response to one batch.
pub(crate) enum BatchResponse {
    /// For each tuple, whether it is allowed, and the error of the server or an empty string.
    Results(Vec<(bool, String)>),
    /// The server has no batch operation.
    Unsupported,
}

impl BatchResponse {
    /// Tells the observer of the decisions.
    pub(crate) fn observed(self, endpoint: &Endpoint) -> Self {
        if let Self::Results(results) = &self {
            let decided = results.iter().filter(|(_, error)| error.is_empty());
            for (allowed, _) in decided {
                let decision = if *allowed { Decision::Allowed } else { Decision::Denied };
                endpoint.observe_decision(OPERATION, decision.name());
            }
        }
        self
    }
}

/// A transport that can send a batch.
#[async_trait]
pub(crate) trait BatchTransport: Permissions {
    fn batching(&self) -> &BatchState;

    /// Sends one batch, whose checks have one depth.
    async fn send_batch(
        &self,
        depth: Option<u32>,
        checks: &[&Check],
    ) -> Result<BatchResponse, Error>;
}

pub(crate) const OPERATION: &str = "batch check";

pub(crate) async fn batch_check(
    keto: &impl BatchTransport,
    checks: &[Check],
) -> Result<Vec<CheckResult>, Error> {
    let batching = keto.batching();
    let mut limit = batching.limit.get().unwrap_or(DEFAULT_BATCH_SIZE);
    while batching.unsupported.get().is_none() {
        match check_in_batches(keto, checks, limit).await {
            Ok(Some(results)) => return Ok(results),
            Ok(None) => {
                batching.unsupported.set(());
                break;
            }
            // The limit only decreases, so that the loop ends.
            Err(error) => match max_size_in(&error).filter(|learned| learned.get() < limit) {
                Some(learned) => {
                    limit = learned.get();
                    batching.limit.set(limit);
                }
                None => return Err(error),
            },
        }
    }
    // Pushed in a loop, because the compiler does not infer that futures of a closure are Send.
    let mut one_by_one = Vec::new();
    for check in checks {
        one_by_one.push(check_one(keto, check));
    }
    stream::iter(one_by_one).buffered(batching.in_flight.checks).try_collect().await
}

/// Returns `None` if the server has no batch operation.
async fn check_in_batches(
    keto: &impl BatchTransport,
    checks: &[Check],
    limit: usize,
) -> Result<Option<Vec<CheckResult>>, Error> {
    // A batch has one maximum depth.
    let mut by_depth = BTreeMap::<_, Vec<usize>>::new();
    for (index, check) in checks.iter().enumerate() {
        by_depth.entry(check.max_depth).or_default().push(index);
    }
    let mut batches = Vec::new();
    for (depth, indices) in &by_depth {
        for indices in indices.chunks(limit) {
            batches.push(check_batch(keto, checks, *depth, indices));
        }
    }
    let mut answers = stream::iter(batches).buffer_unordered(keto.batching().in_flight.batches);
    let mut results: Vec<Option<CheckResult>> = vec![None; checks.len()];
    while let Some((indices, batch)) = answers.try_next().await? {
        let BatchResponse::Results(answered) = batch else { return Ok(None) };
        for (index, (allowed, error)) in indices.iter().zip(answered) {
            results[*index] = Some(result(allowed, error));
        }
    }
    Ok(results.into_iter().collect())
}

/// Sends the checks at the given indices as one batch.
async fn check_batch<'a>(
    keto: &impl BatchTransport,
    checks: &[Check],
    depth: Option<u32>,
    indices: &'a [usize],
) -> Result<(&'a [usize], BatchResponse), Error> {
    let batch: Vec<&Check> = indices.iter().map(|index| &checks[*index]).collect();
    let batch = keto.send_batch(depth, &batch).await?;
    match &batch {
        BatchResponse::Results(answered) if answered.len() != indices.len() => {
            let problem = "the number of results differs from the number of checks";
            Err(Error::new(OPERATION, ErrorKind::Unexpected { status: None, problem }))
        }
        _ => Ok((indices, batch)),
    }
}

pub(crate) fn result(allowed: bool, error: String) -> CheckResult {
    match (allowed, error.as_str()) {
        (true, "") => Ok(Decision::Allowed),
        (false, "" | NAMESPACE_NOT_FOUND) => Ok(Decision::Denied),
        _ => Err(CheckError::from_reason(error)),
    }
}

/// Returns the maximum size in the error of the server about too large a batch.
fn max_size_in(error: &Error) -> Option<NonZeroUsize> {
    error.reason()?.strip_prefix(MAX_SIZE_EXCEEDED)?.parse().ok()
}

/// Sends a single check. If the server refuses it, its result is an error; any other error fails
/// the whole batch.
async fn check_one(keto: &impl BatchTransport, check: &Check) -> Result<CheckResult, Error> {
    let error = match keto.check(check).await {
        Ok(decision) => return Ok(Ok(decision)),
        Err(error) => error,
    };
    let refused = error.is_check_limit_exceeded()
        || (error.status() == Some(StatusCode::BAD_REQUEST) && !error.is_retryable());
    let reason = match error.kind() {
        ErrorKind::InvalidInput { problem } => Some(problem.as_str()),
        _ => error.reason().filter(|_| refused),
    };
    match reason {
        Some(reason) => Ok(Err(CheckError::from_reason(reason.to_owned()))),
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
        batching: BatchState,
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
    impl BatchTransport for Fake {
        fn batching(&self) -> &BatchState {
            &self.batching
        }

        async fn send_batch(
            &self,
            depth: Option<u32>,
            checks: &[&Check],
        ) -> Result<BatchResponse, Error> {
            let Some(limit) = self.limit else { return Ok(BatchResponse::Unsupported) };
            if checks.len() > limit {
                return Err(error(StatusCode::BAD_REQUEST, format!("{MAX_SIZE_EXCEEDED}{limit}")));
            }
            assert!(checks.iter().all(|check| check.max_depth == depth));
            let answer = |check: &&Check| match letter(check) {
                // An allow with an error is no allow.
                'e' => (true, "no".to_owned()),
                'n' => (false, NAMESPACE_NOT_FOUND.to_owned()),
                letter => (letter == 'a', String::new()),
            };
            Ok(BatchResponse::Results(checks.iter().map(answer).collect()))
        }
    }

    fn ask(limit: Option<usize>, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let batching = BatchState::new(InFlight { batches: 3, checks: 2 }).unwrap();
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
