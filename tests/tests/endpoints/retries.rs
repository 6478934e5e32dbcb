//! What is sent again, when, and what a call holds while it waits for that.

use crate::{
    Operation, api_key, fake_keto, fake_kratos, keto_operations,
    kratos_operations::{self, Values as KratosValues},
};
use bytes::Bytes;
use contract_tests::in_memory::{Answer, InMemory, grpc, grpc_status, json, respond};
use http::{HeaderName, HeaderValue, Request, Response};
use jiff::Timestamp;
use keto_client::{
    ApiVersion, ErrorKind, HttpServiceErrorKind, ListRelationships, Permissions, RelationQuery,
    RetryConfig, Trailers,
};
use std::{
    cell::RefCell,
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
/// What the server takes for each response.
const RESPONSE: Duration = Duration::from_millis(100);

fn busy(status: u16, header: Option<(&'static str, &str)>) -> Response<Bytes> {
    let mut response = json(status, "{}");
    if let Some((name, value)) = header {
        let value = HeaderValue::from_str(value).unwrap();
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

/// A server that answers the first checks as the function says, by their number from 0, and all
/// else like Keto.
fn keto_whose_checks(
    answer: impl Fn(usize) -> Option<Answer> + Send + Sync + 'static,
) -> Arc<InMemory> {
    let checks = Mutex::new(0);
    InMemory::slow(RESPONSE, move |request| {
        if !request.uri().path().to_lowercase().contains("/check") {
            return fake_keto::current(request, None);
        }
        let mut checks = checks.lock().unwrap();
        *checks += 1;
        answer(*checks - 1).unwrap_or_else(|| fake_keto::current(request, None))
    })
}

async fn assert_others_go_on(keto: &dyn keto_operations::Keto, waits: Duration) {
    let check = keto_operations::Values::default().check;
    let list = ListRelationships::new(RelationQuery::new());
    let started = Instant::now();
    let check = async {
        let decision = keto.check(&check).await;
        (decision, started.elapsed())
    };
    let list = async {
        let page = keto.list_relationships_page(&list).await;
        (page, started.elapsed())
    };
    let ((decision, checked), (page, listed)) = tokio::join!(check, list);
    assert!(!decision.unwrap().is_allowed() && page.is_ok());
    assert!(checked >= waits, "{checked:?}");
    // After the first attempt of the check.
    assert!(listed < 2 * RESPONSE + RESPONSE / 2, "{listed:?}");
}

/// A call that was told to come back in three seconds holds up no other one.
#[tokio::test(start_paused = true)]
async fn who_waits_for_a_retry_holds_no_permit() {
    let service = keto_whose_checks(|number| {
        (number == 0).then(|| Ok(busy(503, Some(("retry-after", "3")))))
    });
    let http = service.config().max_in_flight(1);
    let keto = fake_keto::client(http, ApiVersion::Current);
    assert_others_go_on(&keto, 3 * SECOND).await;

    let delay = RetryConfig::default().first_delay(4 * SECOND).max_delay(4 * SECOND);
    let calls = Mutex::new(0);
    let service = InMemory::slow(RESPONSE, move |request| {
        let is_check = request.uri().path().ends_with("CheckService/Check");
        let mut calls = calls.lock().unwrap();
        *calls += usize::from(is_check);
        // Unavailable
        Ok(if is_check && *calls == 1 { grpc_status(14, "busy") } else { grpc(b"") })
    });
    let http = service.config().max_in_flight(1).retries(delay).timeout(10 * SECOND);
    assert_others_go_on(&fake_keto::grpc_client(http), Duration::ZERO).await;
}

/// What would not end in time is not waited for, and takes nothing from the budget of retries,
/// which has room for ten at first.
#[tokio::test(start_paused = true)]
async fn a_retry_that_is_not_made_costs_nothing() {
    let service = keto_whose_checks(|number| match number {
        0..50 => Some(Ok(busy(503, Some(("retry-after", "3600"))))),
        50 | 51 => Some(Ok(busy(503, None))),
        _ => None,
    });
    let keto = fake_keto::client(service.config(), ApiVersion::Current);
    let check = keto_operations::Values::default().check;
    for _ in 0..50 {
        let started = Instant::now();
        let error = keto.check(&check).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(3600 * SECOND));
        assert!(started.elapsed() < 2 * RESPONSE);
    }
    assert!(!keto.check(&check).await.unwrap().is_allowed());
    assert_eq!(service.requests().len(), 53);
}

/// A proxy without a server answers gRPC by a page, which says the same as a status of gRPC.
#[tokio::test(start_paused = true)]
async fn a_proxys_page_is_tried_again_over_grpc() {
    let check = keto_operations::Values::default().check;
    for status in [429, 502, 503, 504] {
        let calls = Mutex::new(0);
        let service = InMemory::new(move |_| {
            let mut calls = calls.lock().unwrap();
            *calls += 1;
            Ok(if *calls == 1 { respond(status, "text/html", "<html>") } else { grpc(b"") })
        });
        let keto = fake_keto::grpc_client(service.config());
        assert!(!keto.check(&check).await.unwrap().is_allowed());
        assert_eq!(service.requests().len(), 2);
    }
}

/// A status of gRPC by the trailers, with further metadata there.
fn unavailable_with_trailer(name: &'static str, value: &'static str) -> Response<Bytes> {
    let mut response = respond(200, "application/grpc", "");
    let trailers = [("grpc-status", "14"), (name, value)]
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    response.extensions_mut().insert(Trailers(trailers.into_iter().collect()));
    response
}

/// Calls a Keto over gRPC that is busy at first. Gives the time that the call took, or the error.
async fn time_beside(busy: Response<Bytes>) -> Result<Duration, keto_client::Error> {
    let calls = Mutex::new(0);
    let service = InMemory::new(move |_| {
        let mut calls = calls.lock().unwrap();
        *calls += 1;
        Ok(if *calls == 1 { busy.clone() } else { grpc(b"") })
    });
    let keto = fake_keto::grpc_client(service.config());
    let started = Instant::now();
    let decision = keto.check(&keto_operations::Values::default().check).await?;
    assert!(!decision.is_allowed());
    assert_eq!(service.requests().len(), 2);
    Ok(started.elapsed())
}

/// Also over gRPC a server or a proxy says when to come back: in a header, or in the trailers.
#[tokio::test(start_paused = true)]
async fn the_server_says_when_it_is_asked_again_over_grpc() {
    let with_header = |mut response: Response<Bytes>| {
        response.headers_mut().insert("retry-after", HeaderValue::from_static("3"));
        response
    };
    for busy in [
        with_header(respond(503, "text/html", "<html>")),
        with_header(grpc_status(14, "unavailable")),
        unavailable_with_trailer("retry-after", "3"),
        unavailable_with_trailer("grpc-retry-pushback-ms", "3000"),
        with_header(unavailable_with_trailer("grpc-retry-pushback-ms", "5")),
    ] {
        let took = time_beside(busy).await.unwrap();
        assert!(took >= 3 * SECOND && took < 4 * SECOND, "{took:?}");
    }
    let busy = unavailable_with_trailer("grpc-retry-pushback-ms", "-1");
    let error = time_beside(busy).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 503, "not tried again: {error}");
}

/// Every form in which servers say when to come back.
#[tokio::test(start_paused = true)]
async fn the_server_says_when_it_is_asked_again() {
    let date = Timestamp::now() + jiff::SignedDuration::from_secs(3);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let reset = (Timestamp::now() + jiff::SignedDuration::from_secs(3)).as_second().to_string();
    for (status, name, value, waits) in [
        (503, "retry-after", "2", 2.0..2.2),
        (429, "retry-after", "0.5", 0.5..0.7),
        (502, "retry-after", date.as_str(), 1.5..3.2),
        (504, "retry-after", "Sun, 06 Nov 1994 08:49:37 GMT", 0.0..0.2),
        (429, "x-ratelimit-reset", "2", 2.0..2.2),
        (429, "x-ratelimit-reset", reset.as_str(), 1.5..3.2),
    ] {
        let header = value.to_owned();
        let service = keto_whose_checks(move |number| {
            (number == 0).then(|| Ok(busy(status, Some((name, &header)))))
        });
        let keto = fake_keto::client(service.config(), ApiVersion::Current);
        let started = Instant::now();
        let check = keto_operations::Values::default().check;
        assert!(!keto.check(&check).await.unwrap().is_allowed());
        let waited = started.elapsed().saturating_sub(2 * RESPONSE).as_secs_f64();
        assert!(waits.contains(&waited), "{name}: {value}: {waited}");
        assert_eq!(service.requests().len(), 2);
    }
}

/// How many requests each operation sends to a server that fails so, but for those that detect
/// something.
async fn attempts(
    kind: HttpServiceErrorKind,
    mut call: impl AsyncFnMut(&Arc<InMemory>, usize) -> Option<(&'static str, keto_client::Error)>,
) -> Vec<(&'static str, usize, keto_client::Error)> {
    let mut counted = Vec::new();
    for index in 0.. {
        let service = InMemory::new(move |_| Err(kind));
        let Some((id, error)) = call(&service, index).await else { break };
        counted.push((id, service.requests().len(), error));
    }
    counted
}

async fn every_attempt(
    kind: HttpServiceErrorKind,
) -> Vec<(&'static str, usize, keto_client::Error)> {
    let keto_values = keto_operations::Values::default();
    let [_, values] = KratosValues::of_browser_and_app();
    let nth = async |mut operations: Vec<Operation<'_>>, index| {
        if index >= operations.len() {
            return None;
        }
        let Operation { id, call, .. } = operations.swap_remove(index);
        Some((id, call.await.unwrap_err()))
    };
    let mut counted = attempts(kind, async |service, index| {
        let keto = fake_keto::client(service.config(), ApiVersion::Current);
        nth(keto_operations::all(&keto, &keto_values), index).await
    })
    .await;
    let grpc = attempts(kind, async |service, index| {
        let keto = fake_keto::grpc_client(service.config());
        nth(keto_operations::all(&keto, &keto_values), index).await
    });
    counted.extend(grpc.await);
    let kratos = attempts(kind, async |service, index| {
        let kratos = fake_kratos::client(service.config(), kratos_client::ApiVersion::Current);
        nth(kratos_operations::all(&kratos, &values), index).await
    });
    counted.extend(kratos.await);
    counted
}

/// Where there was no connection, nothing was sent: every operation is tried again.
#[tokio::test(start_paused = true)]
async fn what_was_not_sent_is_sent_again() {
    for (id, requests, error) in every_attempt(HttpServiceErrorKind::Connect).await {
        assert_eq!(requests, 3, "{id}");
        assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{id}: {error:?}");
    }
}

/// Where the connection broke, the server may have done it: only what is idempotent is tried again.
#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_not_sent_again() {
    // POST and PATCH, and GETs that use something up.
    let once = [
        "createRelationship",
        "exchangeSessionToken",
        "updateLogoutFlow",
        "updateFedcmFlow",
        "updateLoginFlow",
        "updateRegistrationFlow",
        "updateRecoveryFlow",
        "updateVerificationFlow",
        "updateSettingsFlow",
        "createIdentity",
        "batchPatchIdentities",
        "updateIdentity",
        "patchIdentity",
        "createRecoveryCodeForIdentity",
        "createRecoveryLinkForIdentity",
        "extendSession",
    ];
    let mut changes = Vec::new();
    for (id, requests, error) in every_attempt(HttpServiceErrorKind::Interrupted).await {
        assert!(matches!(error.kind(), ErrorKind::Transport(_)), "{id}: {error:?}");
        // A transaction with an insert, and one that deletes.
        if id == "patchRelationships" {
            changes.push(requests);
            continue;
        }
        let is_write = |id: &str| ["delete", "disable"].iter().any(|word| id.starts_with(word));
        match once.contains(&id) {
            true => assert_eq!(requests, 1, "{id}"),
            false if is_write(id) => assert!(requests == 1 || requests == 3, "{id}"),
            false => assert_eq!(requests, 3, "{id}"),
        }
    }
    assert_eq!(changes, [1, 3, 1, 3], "over HTTP and gRPC");
}

thread_local! {
    /// What was logged in this thread, which is a test's own.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Log;

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        LOG.with_borrow_mut(|log| log.extend_from_slice(text));
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Each retry leaves one line, which says what is tried again, how many times so far, and when,
/// and no secret.
#[tokio::test(start_paused = true)]
async fn each_retry_leaves_one_line_in_the_log() {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::INFO);
    subscriber.with_ansi(false).with_writer(|| Log).init();
    let lines = || String::from_utf8(LOG.take()).unwrap();
    let [_, values] = KratosValues::of_browser_and_app();
    let keto_values = keto_operations::Values::default();

    type Fails = fn(&Request<Bytes>) -> Answer;
    let failures: [(Fails, Fails); 3] = [
        (|_| Err(HttpServiceErrorKind::Connect), |_| Err(HttpServiceErrorKind::Connect)),
        (|_| Err(HttpServiceErrorKind::Interrupted), |_| Err(HttpServiceErrorKind::Interrupted)),
        (|_| Ok(busy(503, None)), |_| Ok(grpc_status(14, "busy"))),
    ];
    for (http, grpc) in failures {
        let service = InMemory::new(http);
        let config = || service.config().api_key(api_key());
        let keto = fake_keto::client(config(), ApiVersion::Current);
        let kratos = fake_kratos::client(config(), kratos_client::ApiVersion::Current);
        let grpc_service = InMemory::new(grpc);
        let grpc = fake_keto::grpc_client(grpc_service.config().api_key(api_key()));
        let mut operations = keto_operations::all(&keto, &keto_values);
        operations.extend(keto_operations::all(&grpc, &keto_values));
        operations.extend(kratos_operations::all(&kratos, &values));
        for Operation { id, call, .. } in operations {
            // So that the budget has room again.
            tokio::time::advance(20 * SECOND).await;
            service.take_requests();
            grpc_service.take_requests();
            let result = call.await;
            // A server that says that it is not ready is an answer.
            assert!(result.is_err() || id == "isReady" || id == "isAlive", "{id}");
            let requests = service.take_requests().len() + grpc_service.take_requests().len();
            let logged = lines();
            assert_eq!(logged.lines().count(), requests - 1, "{id}: {logged}");
            for (number, line) in logged.lines().enumerate() {
                let is_right = line.contains("trying again")
                    && line.contains("INFO")
                    && line.contains("operation=\"")
                    && line.contains(&format!("retry={}", number + 1))
                    && line.contains("wait_ms=");
                assert!(is_right, "{id}: {line}");
                assert!(!line.contains("planted-"), "{id}: {line}");
            }
        }
    }
}
