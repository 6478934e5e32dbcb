//! A call ends by its deadline, whatever it is made of. The clock is tokio's and stands still while
//! anything can go on, so that the times are exact.

use crate::{Operation, fake_keto, fake_kratos, keto_operations, kratos_operations};
use contract_tests::in_memory::InMemory;
use futures_util::future::join_all;
use keto_client::{
    ApiVersion, BatchPermissions, CachedPermissions, CallOptions, Check, CheckedNames, Decision,
    ErrorKind, HttpConfig, Permissions,
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::Instant;

/// What a call may take.
const TIMEOUT: Duration = Duration::from_secs(1);
/// What the server takes for each response.
const RESPONSE: Duration = Duration::from_millis(600);
/// How exact timers are.
const TICK: Duration = Duration::from_millis(2);

type Service = Arc<InMemory>;

fn slow_keto(delay: Duration) -> Service {
    InMemory::slow(delay, |request| fake_keto::current(request, Some(1)))
}

fn config(service: &Service) -> HttpConfig {
    service.config().timeout(TIMEOUT)
}

fn timed_out<T>(result: &Result<T, keto_client::Error>) -> bool {
    result.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::Timeout(_)))
}

/// The result of a call and how long it took.
async fn timed<T>(call: impl Future<Output = T>) -> (T, Duration) {
    let started = Instant::now();
    (call.await, started.elapsed())
}

/// That a call ends with a response or by its deadline, which is longer, shorter or the client's.
/// Returns how many requests it made.
async fn assert_in_time(
    service: &Service,
    operation: Operation<'_>,
    timeout: Option<Duration>,
) -> usize {
    let Operation { id, call, .. } = operation;
    service.take_requests();
    let (result, elapsed) = match timeout {
        Some(timeout) => timed(CallOptions::new().timeout(timeout).scope(call)).await,
        None => timed(call).await,
    };
    let requests = u32::try_from(service.take_requests().len()).unwrap();
    let limit = timeout.unwrap_or(TIMEOUT);
    assert!(elapsed <= limit + TICK, "{id} took {elapsed:?}");
    match timed_out(&result) {
        true => assert!(elapsed >= limit, "{id} gave up after {elapsed:?}: {result:?}"),
        false => assert!(elapsed + TICK >= RESPONSE, "{id}: {result:?}"),
    }
    if limit < RESPONSE || (requests > 1 && limit < 2 * RESPONSE) {
        assert!(timed_out(&result), "{id}: {result:?}");
    }
    if limit > 10 * RESPONSE {
        assert!(!timed_out(&result), "{id}: {result:?}");
    }
    requests as usize
}

const TIMEOUTS: [Option<Duration>; 3] =
    [None, Some(Duration::from_millis(300)), Some(Duration::from_secs(20))];

#[tokio::test(start_paused = true)]
async fn each_operation_of_keto_has_one_deadline() {
    let values = keto_operations::Values::default();
    let names = |http| CheckedNames::new(fake_keto::client(http, ApiVersion::Detect));
    for timeout in TIMEOUTS {
        let service = slow_keto(RESPONSE);
        let count = keto_operations::all(&names(config(&service)), &values).len();
        let mut several = 0;
        for index in 0..count {
            // A new client for each, which detects the server's version and its limit of a batch.
            for decorated in [false, true] {
                let (plain, checked) = (
                    fake_keto::client(config(&service), ApiVersion::Detect),
                    names(config(&service)),
                );
                let keto: &dyn keto_operations::Keto = if decorated { &checked } else { &plain };
                let operation = keto_operations::all(keto, &values).swap_remove(index);
                several += usize::from(assert_in_time(&service, operation, timeout).await > 1);
            }
        }
        assert!(timeout == TIMEOUTS[1] || several > 10, "only {several} had several requests");
    }
}

#[tokio::test(start_paused = true)]
async fn each_operation_of_keto_has_one_deadline_over_grpc() {
    let values = keto_operations::Values::default();
    for timeout in TIMEOUTS {
        let service = InMemory::slow(RESPONSE, |request| fake_keto::over_grpc(request, 1));
        for index in 0.. {
            let plain = fake_keto::grpc_client(config(&service));
            let checked = CheckedNames::new(plain.clone());
            for keto in [&plain as &dyn keto_operations::Keto, &checked] {
                let mut operations = keto_operations::all(keto, &values);
                if index == operations.len() {
                    return;
                }
                assert_in_time(&service, operations.swap_remove(index), timeout).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_operation_of_kratos_has_one_deadline() {
    let [_, values] = kratos_operations::Values::of_browser_and_app();
    for timeout in TIMEOUTS {
        let service = InMemory::slow(RESPONSE, fake_kratos::current);
        let new = || fake_kratos::client(config(&service), kratos_client::ApiVersion::Detect);
        let mut several = 0;
        let count = kratos_operations::all(&new(), &values).len();
        for index in 0..count {
            let client = new();
            let operation = kratos_operations::all(&client, &values).swap_remove(index);
            several += usize::from(assert_in_time(&service, operation, timeout).await > 1);
        }
        assert!(timeout == TIMEOUTS[1] || several > 20, "only {several} had several requests");
    }
}

/// Three requests: the detection, and a page that turns out to be the first one again.
#[tokio::test(start_paused = true)]
async fn a_list_of_own_sessions_is_one_call() {
    let [_, values] = kratos_operations::Values::of_browser_and_app();
    let service = InMemory::slow(Duration::from_millis(400), fake_kratos::current);
    let client = fake_kratos::client(config(&service), kratos_client::ApiVersion::Detect);
    let list = kratos_operations::second_page_of_own_sessions(&client, &values);
    let (result, elapsed) = timed(list).await;
    assert!(timed_out(&result) && elapsed <= TIMEOUT + TICK, "{elapsed:?}");
    assert_eq!(service.take_requests().len(), 3);
}

/// Many batches, and many single checks of a server without batches.
#[tokio::test(start_paused = true)]
async fn many_checks_are_one_call() {
    let checks = vec![keto_operations::Values::default().check; 40];
    for limit in [Some(2), None] {
        let service = InMemory::slow(Duration::from_millis(400), move |request| {
            fake_keto::current(request, limit)
        });
        let keto = fake_keto::client(config(&service), ApiVersion::Current);
        let (result, elapsed) = timed(keto.batch_check(&checks)).await;
        assert!(timed_out(&result) && elapsed <= TIMEOUT + TICK, "{elapsed:?}");
        let long = CallOptions::new().timeout(4 * TIMEOUT);
        let (result, elapsed) = timed(long.scope(keto.batch_check(&checks))).await;
        assert_eq!(result.unwrap().len(), 40);
        assert!(elapsed > TIMEOUT, "{elapsed:?}");
    }
}

/// As above, over gRPC: 6,000 batches of ten, of which eight are in flight.
#[tokio::test(start_paused = true)]
async fn sixty_thousand_checks_over_grpc_take_the_time_that_they_are_given() {
    let checks = vec![keto_operations::Values::default().check; 60_000];
    let response = Duration::from_millis(10);
    let service = InMemory::slow(response, |request| fake_keto::over_grpc(request, 10));
    let keto = fake_keto::grpc_client(service.config());
    let needed = 6_000 / 8 * response;
    let (result, elapsed) = timed(keto.batch_check(&checks)).await;
    assert!(timed_out(&result), "{result:?}");
    assert!(elapsed >= 5 * TIMEOUT && elapsed <= 5 * TIMEOUT + TICK, "{elapsed:?}");
    let short = CallOptions::new().timeout(TIMEOUT / 2).scope(keto.batch_check(&checks));
    let (result, elapsed) = timed(short).await;
    assert!(timed_out(&result) && elapsed <= TIMEOUT / 2 + TICK, "{elapsed:?}");
    let long = CallOptions::new().timeout(20 * TIMEOUT).scope(keto.batch_check(&checks));
    let (result, elapsed) = timed(long).await;
    assert_eq!(result.unwrap(), vec![Ok(Decision::Denied); 60_000]);
    assert!(elapsed >= needed && elapsed < 2 * needed, "{elapsed:?}");
}

/// Options reach a call through `dyn` traits and decorators of any depth, and end with it.
#[tokio::test(start_paused = true)]
async fn options_of_a_call_pass_through_decorators() {
    let check: Check = keto_operations::Values::default().check;
    let service = slow_keto(RESPONSE);
    let http = || fake_keto::client(config(&service), ApiVersion::Current);
    let grpc_service = InMemory::slow(RESPONSE, |request| fake_keto::over_grpc(request, 1));
    let grpc = || fake_keto::grpc_client(config(&grpc_service));
    let decorated: Vec<Box<dyn Permissions>> = vec![
        Box::new(http()),
        Box::new(CheckedNames::new(http())),
        Box::new(CachedPermissions::new(CheckedNames::new(http())).timeout(TIMEOUT)),
        Box::new(CheckedNames::new(CachedPermissions::new(http()).timeout(TIMEOUT))),
        Box::new(Arc::new(CheckedNames::new(Box::new(grpc())))),
        Box::new(CachedPermissions::new(grpc()).timeout(TIMEOUT)),
    ];
    for (index, keto) in decorated.iter().enumerate() {
        let keto: &dyn Permissions = keto;
        let short = CallOptions::new().timeout(TIMEOUT / 4).scope(keto.check(&check));
        let (result, elapsed) = timed(short).await;
        assert!(timed_out(&result) && elapsed <= TIMEOUT / 4 + TICK, "{index}: {elapsed:?}");
        // Without options, the client's timeout holds.
        let (result, elapsed) = timed(keto.check(&check)).await;
        assert!(elapsed <= TIMEOUT + TICK, "{index}: {elapsed:?}");
        let _ = result;
        let long = CallOptions::new().timeout(5 * TIMEOUT).scope(keto.check(&check));
        let (result, elapsed) = timed(long).await;
        assert!(result.is_ok(), "{index}: {result:?} after {elapsed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_permit_counts() {
    let check: Check = keto_operations::Values::default().check;
    let service = slow_keto(RESPONSE);
    let keto = fake_keto::client(config(&service).max_in_flight(1), ApiVersion::Current);
    let grpc_service = InMemory::slow(RESPONSE, |request| fake_keto::over_grpc(request, 1));
    let grpc = fake_keto::grpc_client(config(&grpc_service).max_in_flight(1));
    for (keto, service) in [(&keto as &dyn Permissions, &service), (&grpc, &grpc_service)] {
        let (results, elapsed) = timed(join_all([keto.check(&check), keto.check(&check)])).await;
        assert_eq!(results.iter().filter(|result| timed_out(result)).count(), 1);
        assert!(elapsed >= TIMEOUT && elapsed <= TIMEOUT + TICK, "{elapsed:?}");
        assert_eq!(service.take_requests().len(), 2, "the second one was sent after the first");
        // Nothing of it is left behind.
        assert!(keto.check(&check).await.is_ok());
    }
}

/// Callers that wait for the same detection each have their own deadline, and none has another's.
#[tokio::test(start_paused = true)]
async fn a_detection_bounds_no_call_and_no_call_bounds_it() {
    let check: Check = keto_operations::Values::default().check;
    let within = |timeout| CallOptions::new().timeout(timeout);

    // A short one joins the detection of a longer one.
    let service = slow_keto(Duration::from_millis(400));
    let keto = fake_keto::client(config(&service), ApiVersion::Detect);
    let short = TIMEOUT / 5;
    let ((first, took), (second, waited)) =
        tokio::join!(timed(keto.check(&check)), timed(within(short).scope(keto.check(&check))),);
    assert!(first.is_ok() && took < TIMEOUT, "{first:?}");
    assert!(timed_out(&second) && waited <= short + TICK, "{waited:?}");
    assert_eq!(service.take_requests().len(), 2, "one detection, one check");

    // A longer one joins that of a short one.
    let service = slow_keto(Duration::from_millis(300));
    let keto = fake_keto::client(config(&service), ApiVersion::Detect);
    let ((first, took), (second, waited)) =
        tokio::join!(timed(within(short).scope(keto.check(&check))), timed(keto.check(&check)),);
    assert!(timed_out(&first) && took <= short + TICK, "{took:?}");
    assert!(second.is_ok() && waited <= TIMEOUT, "{second:?} after {waited:?}");
    assert_eq!(service.take_requests().len(), 2, "one detection, one check");

    // One that may take longer than the client says, by itself and beside others.
    let service = slow_keto(2 * TIMEOUT);
    let keto = fake_keto::client(config(&service), ApiVersion::Detect);
    let others = join_all((0..3).map(|_| keto.check(&check)));
    let (others, (patient, waited)) =
        tokio::join!(others, timed(within(10 * TIMEOUT).scope(keto.check(&check))));
    assert!(others.iter().all(timed_out));
    assert!(patient.is_ok(), "{patient:?} after {waited:?}");
}
