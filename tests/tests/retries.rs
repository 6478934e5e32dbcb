//! What is tried again, how often, and until when.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::mock_server::{MockResponse, MockServer};
use keto_client::{
    ApiVersion, Check, Decision, HttpConfig, KetoClient, Permissions, RelationTuple,
    RelationshipPatch, Relationships, RetryConfig,
};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

fn keto(url: &Url, http: HttpConfig) -> KetoClient {
    let builder = KetoClient::builder().read_url(url.as_str()).write_url(url.as_str());
    builder.api_version(ApiVersion::Current).http(http).build().unwrap()
}

fn quick() -> HttpConfig {
    HttpConfig::default().retries(RetryConfig::default().first_delay(Duration::from_millis(2)))
}

fn allowed() -> MockResponse {
    MockResponse::new(200, r#"{"allowed":true}"#)
}

fn tuple() -> RelationTuple {
    "app:homepage#read@ann".parse().unwrap()
}

async fn check(url: &Url, http: HttpConfig) -> Result<Decision, keto_client::Error> {
    keto(url, http).check(&Check::new(tuple())).await
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for status in [429, 502, 503, 504] {
        let server = MockServer::start([MockResponse::new(status, "{}"), allowed()]).await;
        assert_eq!(check(&server.url, quick()).await.unwrap(), Decision::Allowed, "{status}");
        assert_eq!(server.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn what_stands_is_not_tried_again() {
    for status in [400, 401, 403, 404, 409, 410, 422, 500, 501] {
        let server = MockServer::start([MockResponse::new(status, "{}"), allowed()]).await;
        let error = check(&server.url, quick()).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    let server =
        MockServer::start([MockResponse::new(200, r#"{"allowed":false}"#), allowed()]).await;
    assert_eq!(check(&server.url, quick()).await.unwrap(), Decision::Denied);
    assert_eq!(server.requests().len(), 1, "a denial stands");
}

#[tokio::test]
async fn an_end_is_put_to_it() {
    let server = MockServer::start([MockResponse::new(503, "{}")]).await;
    let error = check(&server.url, quick()).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(server.requests().len(), 3);

    let server = MockServer::start([MockResponse::new(503, "{}")]).await;
    let http = HttpConfig::default().retries(RetryConfig::none());
    check(&server.url, http).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn writes_that_are_not_the_same_twice_are_not_repeated() {
    let server =
        MockServer::start([MockResponse::new(503, "{}"), MockResponse::new(201, "{}")]).await;
    keto(&server.url, quick()).create_relationship(&tuple()).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);

    let swap = [RelationshipPatch::Insert(tuple()), RelationshipPatch::Delete(tuple())];
    let server =
        MockServer::start([MockResponse::new(503, "{}"), MockResponse::new(204, "")]).await;
    keto(&server.url, quick()).patch_relationships(&swap).await.unwrap_err();
    assert_eq!(server.requests().len(), 1);

    let server =
        MockServer::start([MockResponse::new(503, "{}"), MockResponse::new(204, "")]).await;
    keto(&server.url, quick()).delete_relationship(&tuple()).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_server_is_given_the_time_that_it_asks_for() {
    let wait = MockResponse::new(503, "{}").headers("retry-after: 1\r\n");
    let server = MockServer::start([wait.clone(), allowed()]).await;
    let started = Instant::now();
    assert_eq!(check(&server.url, quick()).await.unwrap(), Decision::Allowed);
    assert!(started.elapsed() >= Duration::from_secs(1));

    // A wait that would not end in time is not begun.
    let server = MockServer::start([wait, allowed()]).await;
    let started = Instant::now();
    let error = check(&server.url, quick().timeout(Duration::from_millis(500))).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_millis(400));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn retries_end_within_the_time_limit_of_the_call() {
    let slow = MockResponse::new(503, "{}").after(Duration::from_millis(200));
    let server = MockServer::start([slow]).await;
    let limit = Duration::from_millis(300);
    let http = quick().timeout(limit).retries(RetryConfig::default().max_retries(50));
    let started = Instant::now();
    let error = check(&server.url, http).await.unwrap_err();
    assert!(started.elapsed() < limit + Duration::from_millis(150), "{:?}", started.elapsed());
    assert!(error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_failing_server_is_not_stormed() {
    let server = MockServer::start([MockResponse::new(503, "{}")]).await;
    let keto = keto(&server.url, quick());
    for _ in 0..100 {
        keto.check(&Check::new(tuple())).await.unwrap_err();
    }
    let requests = server.requests().len();
    // The budget is one a second over ten seconds, beyond the one in five of what succeeds.
    assert!((101..=120).contains(&requests), "{requests} requests for 100 calls");
}

#[tokio::test]
async fn nobody_there_is_tried_again() {
    let (socket, url) = contract_tests::app::refusing_port();
    let retries = RetryConfig::default().first_delay(Duration::from_millis(300)).max_retries(9);
    let keto = keto(&url, HttpConfig::default().retries(retries));
    let late = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        socket.listen(1).unwrap()
    });
    let call = tokio::spawn(async move { keto.check(&Check::new(tuple())).await });
    let (mut stream, _) = late.await.unwrap().accept().await.unwrap();
    let mut buffer = [0; 4096];
    assert!(stream.read(&mut buffer).await.unwrap() > 0);
    let answer = "HTTP/1.1 200 X\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{\"allowed\":true}";
    stream.write_all(answer.as_bytes()).await.unwrap();
    assert_eq!(call.await.unwrap().unwrap(), Decision::Allowed);
}

#[tokio::test]
async fn calls_wait_for_their_turn() {
    let slow = allowed().after(Duration::from_millis(50));
    let server = MockServer::start([slow]).await;
    let keto = keto(&server.url, quick().max_in_flight(2));
    let check = Check::new(tuple());
    let started = Instant::now();
    let calls = (0..6).map(|_| keto.check(&check));
    for decision in futures_util::future::join_all(calls).await {
        assert_eq!(decision.unwrap(), Decision::Allowed);
    }
    assert!(started.elapsed() >= Duration::from_millis(150), "{:?}", started.elapsed());

    // A call that never gets its turn ends in time, and one that is dropped gives its turn back.
    let server = MockServer::start([allowed().after(Duration::from_millis(300))]).await;
    let http = quick().max_in_flight(1).timeout(Duration::from_millis(400));
    let keto = self::keto(&server.url, http);
    drop(tokio::time::timeout(Duration::from_millis(50), keto.check(&check)).await);
    let (first, second) = tokio::join!(keto.check(&check), keto.check(&check));
    assert!(first.is_ok() != second.is_ok());
}
