use super::*;
use crate::{CallOptions, deadline};
use futures_util::FutureExt;
use std::{
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::time::{advance, sleep, timeout_at};

/// The timeout of the client.
const TIMEOUT: Duration = Duration::from_secs(1);
const NEVER: Duration = Duration::from_hours(1);

/// A server that takes a time for each detection, and tells how many there were before.
struct Server {
    asked: AtomicUsize,
    takes: Vec<Duration>,
}

impl Server {
    fn new(takes: impl Into<Vec<Duration>>) -> Arc<Self> {
        Arc::new(Self { asked: AtomicUsize::new(0), takes: takes.into() })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn detect(self: Arc<Self>) -> Result<Proved<usize>, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        match timeout_at(deadline(TIMEOUT), sleep(self.takes[number])).await {
            Ok(()) => Ok(Proved::until_contradicted(number)),
            Err(elapsed) => Err(Error::new("detect", ErrorKind::Timeout(elapsed.into()))),
        }
    }

    async fn version(self: &Arc<Self>, version: &Detected<usize>) -> Result<usize, Error> {
        version.get_or_detect(|| self.clone().detect()).await
    }
}

fn is_timeout(result: &Result<usize, Error>) -> bool {
    matches!(result.as_ref().unwrap_err().kind(), ErrorKind::Timeout(_))
}

#[tokio::test(start_paused = true)]
async fn a_detection_goes_on_without_the_caller_that_started_it() {
    let (server, version) = (Server::new([TIMEOUT / 2]), Detected::unknown());
    let mut dropped = Box::pin(server.version(&version));
    let mut unpolled = pin!(server.version(&version));
    assert!(dropped.as_mut().now_or_never().is_none());
    assert!(unpolled.as_mut().now_or_never().is_none());
    let other = server.version(&version);
    drop(dropped);
    assert_eq!(other.await.unwrap(), 0);
    assert_eq!(unpolled.await.unwrap(), 0);
    assert_eq!((server.asked(), version.get()), (1, Some(0)));
}

#[tokio::test(start_paused = true)]
async fn a_detection_ends_with_the_last_of_its_callers() {
    let (server, version) = (Server::new([NEVER, TIMEOUT / 2]), Detected::unknown());
    for _ in 0..2 {
        assert!(server.version(&version).now_or_never().is_none());
    }
    assert_eq!(server.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_short_timeout_of_a_caller_does_not_bound_the_detection() {
    let (server, version) = (Server::new([TIMEOUT / 2]), Detected::unknown());
    let short = CallOptions::new().timeout(TIMEOUT / 10);
    let mut first = pin!(short.clone().scope(server.version(&version)));
    assert!(first.as_mut().now_or_never().is_none());
    let second = server.version(&version);
    let third = short.scope(server.version(&version));
    let (first, second, third) = tokio::join!(first, second, third);
    assert_eq!([first, second, third].map(Result::unwrap), [0; 3]);
    assert_eq!(server.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_timeout_of_the_first_caller_is_that_of_the_detection() {
    let (server, version) = (Server::new([3 * TIMEOUT]), Detected::unknown());
    let long = CallOptions::new().timeout(10 * TIMEOUT);
    assert_eq!(long.scope(server.version(&version)).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_joins_a_detection_that_times_out_asks_again() {
    let (server, version) = (Server::new([NEVER, TIMEOUT / 2]), Detected::unknown());
    let mut first = pin!(server.version(&version));
    assert!(first.as_mut().now_or_never().is_none());
    advance(TIMEOUT * 4 / 5).await;
    let (first, second) = tokio::join!(first, server.version(&version));
    assert!(is_timeout(&first));
    assert_eq!(second.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_shared_and_not_remembered() {
    let asked = AtomicUsize::new(0);
    let version = Detected::<usize>::unknown();
    let detect = || {
        asked.fetch_add(1, Ordering::SeqCst);
        async {
            sleep(TIMEOUT).await;
            Err(Error::new("detect", ErrorKind::Connect("no server".into())))
        }
    };
    for before in 1..3 {
        let both = tokio::join!(version.get_or_detect(detect), version.get_or_detect(detect));
        assert!(both.0.is_err() && both.1.is_err());
        assert_eq!((asked.load(Ordering::SeqCst), version.get()), (before, None));
    }
}

#[tokio::test(start_paused = true)]
async fn a_proof_holds_for_its_time_or_until_it_is_contradicted() {
    let detected = Detected::unknown();
    let proved = |proved| detected.get_or_detect(move || async move { Ok(proved) });
    assert_eq!(proved(Proved::for_a_time(1, TIMEOUT)).await.unwrap(), 1);
    assert_eq!(proved(Proved::until_contradicted(2)).await.unwrap(), 1);
    advance(TIMEOUT).await;
    assert_eq!(detected.get(), None);
    assert_eq!(proved(Proved::until_contradicted(3)).await.unwrap(), 3);
    advance(NEVER).await;
    assert!(detected.contradict(2), "another one than is known");
    assert_eq!(detected.get(), Some(3));
    assert!(detected.contradict(3));
    assert_eq!(detected.get(), None);

    let configured = Detected::configured(4);
    assert!(!configured.contradict(4));
    assert_eq!(configured.get(), Some(4));
}

/// A runtime whose detection is in flight, and which nobody drives, holds no other one up.
#[test]
fn runtimes_share_no_detection() {
    let (server, version) = (Server::new([NEVER, Duration::ZERO]), Detected::unknown());
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (blocked, other) = (runtime(), runtime());
    let mut first = pin!(server.version(&version));
    assert!(blocked.block_on(async { first.as_mut().now_or_never() }).is_none());
    assert_eq!(other.block_on(server.version(&version)).unwrap(), 1);
}
