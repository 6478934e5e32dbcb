//! Callers that wait for one request: none of them can hold up another.

use crate::{check, keto};
use contract_tests::mock_server::{MockResponse, MockServer};
use futures_util::{StreamExt, stream};
use keto_client::{
    ApiVersion, CachedPermissions, Decision, ErrorKind, HttpConfig, KetoClient, Permissions,
};
use ory_http::SingleFlightCache;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

fn allowed() -> MockResponse {
    MockResponse::new(200, r#"{"allowed":true}"#)
}

/// The body of the loop runs while the stream, and with it the caller that asked first, is not
/// polled.
#[tokio::test]
async fn a_caller_that_is_not_polled_holds_nobody_up() {
    let server = MockServer::start([allowed(), allowed().after(Duration::from_millis(50))]).await;
    let keto = keto(&server);
    let checks = ["ann", "bob"].map(check);
    let mut decisions = stream::iter(&checks).map(|check| keto.check(check)).buffer_unordered(2);
    while let Some(decision) = decisions.next().await {
        assert_eq!(decision.unwrap(), Decision::Allowed);
        for check in &checks {
            let asked_again = timeout(Duration::from_secs(2), keto.check(check)).await;
            assert_eq!(asked_again.expect("the check hangs").unwrap(), Decision::Allowed);
        }
    }
}

const TIMEOUT: Duration = Duration::from_millis(500);

/// A server that does not answer, and a client with a short timeout.
async fn unanswered() -> (MockServer, Arc<CachedPermissions<KetoClient>>) {
    let server = MockServer::start([allowed().after(Duration::from_hours(1))]).await;
    let client =
        KetoClient::builder().read_url(server.url.as_str()).api_version(ApiVersion::Current);
    let client = client.http(HttpConfig::default().timeout(TIMEOUT)).build().unwrap();
    (server, Arc::new(CachedPermissions::new(client)))
}

#[tokio::test]
async fn each_caller_has_the_timeout_of_one_call() {
    let (_server, keto) = unanswered().await;
    let mut callers = Vec::new();
    for _ in 0..4 {
        let keto = keto.clone();
        callers.push(tokio::spawn(async move {
            let asked = Instant::now();
            let error = keto.check(&check("ann")).await.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error}");
            asked.elapsed()
        }));
        sleep(Duration::from_millis(100)).await;
    }
    // Whoever asked first leaves shortly before the timeout of its request.
    sleep(Duration::from_millis(50)).await;
    callers.remove(0).abort();
    for caller in callers {
        let waited = caller.await.unwrap();
        assert!(waited > TIMEOUT.mul_f32(0.9), "gave up after {waited:?}");
        assert!(waited < TIMEOUT.mul_f32(1.4), "waited for {waited:?}");
    }
}

/// The worker that the first caller blocks is one of two.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_blocks_its_thread_holds_nobody_up() {
    let server = MockServer::start([allowed().after(Duration::from_millis(100))]).await;
    let keto = Arc::new(keto(&server));
    let (asked, has_asked) = tokio::sync::oneshot::channel();
    let blocking = tokio::spawn({
        let keto = keto.clone();
        async move {
            let mut caller = Box::pin(async { keto.check(&check("ann")).await });
            assert!(timeout(Duration::from_millis(30), &mut caller).await.is_err());
            asked.send(()).unwrap();
            std::thread::sleep(Duration::from_secs(3));
            caller.await
        }
    });
    has_asked.await.unwrap();
    let other = tokio::spawn(async move {
        let started = Instant::now();
        (keto.check(&check("ann")).await, started.elapsed())
    });
    let (decision, waited) = other.await.unwrap();
    assert_eq!(decision.unwrap(), Decision::Allowed);
    assert!(waited < Duration::from_secs(2), "waited for {waited:?}");
    assert_eq!(blocking.await.unwrap().unwrap(), Decision::Allowed);
    assert_eq!(server.requests().len(), 1);
}

/// Many callers on several threads, who ask, leave early, write and forget at random.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_after_a_forgetting_gets_what_is_newer() {
    const KEYS: usize = 4;
    #[derive(Default)]
    struct Server {
        written: [AtomicU64; KEYS],
        /// Up to which write everything was forgotten before somebody asked.
        forgotten: [AtomicU64; KEYS],
    }
    let (cache, server) = (SingleFlightCache::<usize, u64>::new(10), Arc::new(Server::default()));
    let mut callers = tokio::task::JoinSet::new();
    for seed in 0..16 {
        let (cache, server) = (cache.clone(), server.clone());
        callers.spawn(async move {
            let mut random = fastrand::Rng::with_seed(seed);
            for _ in 0..1_000 {
                let key = random.usize(..KEYS);
                if random.u8(..10) == 0 {
                    let write = server.written[key].fetch_add(1, SeqCst) + 1;
                    if random.bool() {
                        cache.invalidate(&key);
                    } else {
                        cache.invalidate_all();
                    }
                    server.forgotten[key].fetch_max(write, SeqCst);
                }
                let newest = server.forgotten[key].load(SeqCst);
                let lifespan = Duration::from_micros(random.u64(..5_000));
                let fetch = cache.fetch("test", key, || {
                    let server = server.clone();
                    async move {
                        let value = server.written[key].load(SeqCst);
                        tokio::task::yield_now().await;
                        sleep(Duration::from_micros(200)).await;
                        Ok((value, lifespan))
                    }
                });
                // Some leave before there is a value.
                let patience = Duration::from_millis(random.u64(..20));
                if let Ok(value) = timeout(patience, fetch).await {
                    let value = value.unwrap();
                    assert!(value >= newest, "{value} is older than {newest}");
                }
            }
        });
    }
    while let Some(caller) = callers.join_next().await {
        caller.unwrap();
    }
    assert_eq!(cache.in_flight(), 0);
}
