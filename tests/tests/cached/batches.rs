//! What becomes of many checks at once, by services that behave in ways that a server seldom does.

use async_trait::async_trait;
use futures_util::future::join_all;
use http::StatusCode;
use keto_client::{
    BatchPermissions, CachedPermissions, Check, CheckError, CheckResult, CheckedNames, Decision,
    Error, ErrorKind, ListRelationships, Page, Permissions, RelationQuery, RelationTuple,
    RelationshipPatch, Relationships, Subject,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::time::sleep;

const TIMEOUT: Duration = Duration::from_secs(5);

/// Answers by the subject: denies `d…`, refuses `r…`, allows all others. It notes the deadlines
/// that requests have, as the clients' transport does.
#[derive(Default)]
struct Service {
    delay: Duration,
    /// Whether a question that is asked by itself gets no answer in time.
    times_out: bool,
    /// How many results of a batch are missing.
    lost: usize,
    deadlines: Mutex<BTreeSet<ory_http::Instant>>,
    checks: AtomicUsize,
    batches: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl Service {
    async fn request(&self, count: &AtomicUsize) {
        count.fetch_add(1, SeqCst);
        self.deadlines.lock().unwrap().insert(ory_http::deadline(TIMEOUT));
        let now = self.in_flight.fetch_add(1, SeqCst) + 1;
        self.most_in_flight.fetch_max(now, SeqCst);
        sleep(self.delay).await;
        self.in_flight.fetch_sub(1, SeqCst);
    }
}

fn initial(check: &Check) -> char {
    let Subject::Id(id) = &check.tuple.subject else { unreachable!() };
    id.as_str().chars().next().unwrap()
}

#[async_trait]
impl Permissions for Service {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        self.request(&self.checks).await;
        if self.times_out {
            let elapsed = tokio::time::timeout(Duration::ZERO, std::future::pending::<()>()).await;
            let kind = ErrorKind::Timeout(elapsed.unwrap_err().into());
            return Err(Error::new("check", kind));
        }
        match initial(check) {
            'd' => Ok(Decision::Denied),
            'r' => {
                let reason = "relation \"read\" does not exist".to_owned();
                let error = ory_http::ServerError::from_grpc(StatusCode::BAD_REQUEST, "T", reason);
                Err(Error::new("check", ErrorKind::Server(Box::new(error))))
            }
            _ => Ok(Decision::Allowed),
        }
    }
}

#[async_trait]
impl BatchPermissions for Service {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        self.request(&self.batches).await;
        let result = |check: &Check| match initial(check) {
            'd' => Ok(Decision::Denied),
            'r' => Err(CheckError::Refused { reason: "no".into() }),
            _ => Ok(Decision::Allowed),
        };
        Ok(checks.iter().skip(self.lost).map(result).collect())
    }
}

#[async_trait]
impl Relationships for Service {
    async fn list_relationships_page(
        &self,
        _: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        self.request(&AtomicUsize::new(0)).await;
        Ok(Page { items: Vec::new(), next: None })
    }

    async fn create_relationship(&self, _: &RelationTuple) -> Result<(), Error> {
        unreachable!()
    }

    async fn patch_relationships(&self, _: &[RelationshipPatch]) -> Result<(), Error> {
        unreachable!()
    }

    async fn delete_relationship(&self, _: &RelationTuple) -> Result<(), Error> {
        unreachable!()
    }

    async fn delete_all_relationships_matching(&self, _: &RelationQuery) -> Result<(), Error> {
        unreachable!()
    }
}

/// Questions, each about a namespace of its own.
fn questions(subject: &str, count: usize) -> Vec<Check> {
    let check = |n| format!("namespace{n}:page#read@{subject}{n}").parse().map(Check::new).unwrap();
    (0..count).map(check).collect()
}

#[tokio::test]
async fn what_a_batch_needs_to_find_out_is_one_operation() {
    let service = Arc::new(Service { delay: Duration::from_millis(10), ..Service::default() });
    let keto = CheckedNames::new(service.clone());
    let all = [questions("refused", 40), questions("denied", 40)].concat();
    let unknown = CheckError::UnknownName { kind: "relation", name: "read".into() };
    let expected = [vec![Err(unknown); 40], vec![Ok(Decision::Denied); 40]].concat();
    assert_eq!(keto.batch_check(&all).await.unwrap(), expected);
    assert_eq!(service.checks.load(SeqCst), 40);
    assert_eq!(service.deadlines.lock().unwrap().len(), 1, "requests have different deadlines");
    assert_eq!(service.most_in_flight.load(SeqCst), 16, "not sixteen at a time");

    let denied = &questions("denied-too", 1)[0];
    service.deadlines.lock().unwrap().clear();
    assert_eq!(keto.check(denied).await.unwrap(), Decision::Denied);
    assert_eq!(service.deadlines.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn nothing_more_is_asked_when_the_time_is_over() {
    let service = Arc::new(Service { times_out: true, ..Service::default() });
    let keto = CheckedNames::new(service.clone());
    let refused = vec![Err(CheckError::Refused { reason: "no".into() }); 200];
    assert_eq!(keto.batch_check(&questions("refused", 200)).await.unwrap(), refused);
    assert!(service.checks.load(SeqCst) <= 16, "{}", service.checks.load(SeqCst));
}

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn what_has_no_decision_is_not_cached() {
    let service = Arc::new(Service::default());
    let keto = CachedPermissions::new(service.clone()).allowed_max_age(HOUR).denied_max_age(HOUR);
    let all = [questions("refused", 2), questions("allowed", 2)].concat();
    for batches in 1..4 {
        let results = keto.batch_check(&all).await.unwrap();
        assert!(results[..2].iter().all(Result::is_err) && results[2..].iter().all(Result::is_ok));
        assert_eq!(service.batches.load(SeqCst), batches);
    }
    for batches in 4..6 {
        keto.batch_check(&all[..2]).await.unwrap();
        assert_eq!(service.batches.load(SeqCst), batches);
    }
    keto.batch_check(&all[2..]).await.unwrap();
    assert_eq!(service.batches.load(SeqCst), 5, "decisions are cached");
}

#[tokio::test]
async fn the_same_batch_is_asked_once_at_a_time() {
    let service = Arc::new(Service { delay: Duration::from_millis(50), ..Service::default() });
    let keto = CachedPermissions::new(service.clone());
    let all = questions("denied", 3);
    for results in join_all((0..100).map(|_| keto.batch_check(&all))).await {
        assert_eq!(results.unwrap(), vec![Ok(Decision::Denied); 3]);
    }
    assert_eq!(service.batches.load(SeqCst), 1);
    keto.batch_check(&all).await.unwrap();
    assert_eq!(service.batches.load(SeqCst), 2, "nothing is cached");
}

#[tokio::test]
async fn who_joins_a_batch_late_gets_no_decision_that_would_have_expired() {
    let service = Arc::new(Service { delay: Duration::from_millis(100), ..Service::default() });
    let keto = CachedPermissions::new(service.clone()).denied_max_age(Duration::from_millis(20));
    let all = [questions("denied", 2), questions("allowed", 2)].concat();
    let late = async {
        sleep(Duration::from_millis(50)).await;
        keto.batch_check(&all).await
    };
    let (first, late) = tokio::join!(keto.batch_check(&all), late);
    assert_eq!(first.unwrap(), late.unwrap());
    assert_eq!(service.batches.load(SeqCst), 2);
}

#[tokio::test]
async fn a_batch_after_a_revocation_does_not_join_one_from_before() {
    let service = Arc::new(Service { delay: Duration::from_millis(100), ..Service::default() });
    let keto = CachedPermissions::new(service.clone()).allowed_max_age(HOUR).denied_max_age(HOUR);
    let all = questions("allowed", 2);
    for (asked, forget) in [(2, true), (4, false)] {
        let before = keto.batch_check(&all);
        let after = async {
            sleep(Duration::from_millis(30)).await;
            if forget {
                keto.invalidate(&all[1]);
            } else {
                keto.invalidate_all();
            }
            keto.batch_check(&all[1..]).await
        };
        let (before, after) = tokio::join!(before, after);
        assert!(before.is_ok() && after.is_ok());
        assert_eq!(service.batches.load(SeqCst), asked);
        keto.invalidate_all();
    }
}

#[tokio::test]
async fn a_batch_that_lost_results_is_an_error() {
    let service = Service { lost: 1, ..Service::default() };
    let keto = CachedPermissions::new(service).allowed_max_age(HOUR).denied_max_age(HOUR);
    let all = [questions("denied", 1), questions("allowed", 1)].concat();
    let error = keto.batch_check(&all).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Unexpected { .. }), "{error}");
    assert!(all.iter().all(|check| keto.cached(check).is_none()));
}
