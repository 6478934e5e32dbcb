use super::*;
use crate::call::{CallOptions, deadline};
use futures_util::{FutureExt, future::join_all};
use std::{pin::pin, sync::atomic::AtomicUsize, thread};
use tokio::time::sleep;

type Numbers = SingleFlightCache<&'static str, usize>;

const MINUTE: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(250);

/// Fetches that are counted: each gives its number.
#[derive(Clone, Default)]
struct Fetches(Arc<AtomicUsize>);

impl Fetches {
    fn next(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// One that takes a while, and may be cached.
    async fn slow(self) -> Result<(usize, Duration), Error> {
        let number = self.next();
        sleep(SHORT).await;
        Ok((number, MINUTE))
    }

    /// One that gives up after a while.
    async fn times_out(self) -> Result<(usize, Duration), Error> {
        self.next();
        let elapsed = tokio::time::timeout(SHORT, std::future::pending::<()>()).await.unwrap_err();
        Err(Error::new("test", ErrorKind::Timeout(elapsed.into())))
    }

    async fn panics(self) -> Result<(usize, Duration), Error> {
        self.next();
        sleep(SHORT).await;
        panic!("planted")
    }

    async fn never_ends(self) -> Result<(usize, Duration), Error> {
        self.next();
        std::future::pending().await
    }
}

/// Polls a caller that has to wait.
fn poll_once(caller: &mut (impl Future + Unpin)) {
    assert!(caller.now_or_never().is_none());
}

fn is_timeout(result: Result<usize, Error>) -> bool {
    matches!(result.unwrap_err().kind(), ErrorKind::Timeout(_))
}

#[tokio::test]
async fn callers_share_a_fetch_and_its_value_is_cached() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let callers = (0..100).map(|_| cache.fetch("test", "a", || fetches.clone().slow()));
    for value in join_all(callers).await {
        assert_eq!(value.unwrap(), 1);
    }
    assert_eq!(cache.cached(&"a"), Some(1));
    assert_eq!(cache.fetch("test", "a", || fetches.clone().slow()).await.unwrap(), 1);
    assert_eq!((fetches.count(), cache.in_flight()), (1, 0));
}

#[tokio::test]
async fn a_panic_is_an_error_of_every_caller_and_the_next_one_starts_anew() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let callers = (0..3).map(|_| cache.fetch("test", "a", || fetches.clone().panics()));
    for result in join_all(callers).await {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Panicked), "{error}");
        assert!(!error.is_retryable() && !format!("{error:?}").contains("planted"));
    }
    assert_eq!((fetches.count(), cache.in_flight()), (1, 0));
    assert_eq!(cache.fetch("test", "a", || fetches.clone().slow()).await.unwrap(), 2);
}

#[tokio::test]
async fn a_fetch_goes_on_without_the_caller_that_started_it() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let mut first = Box::pin(cache.fetch("test", "a", || fetches.clone().slow()));
    poll_once(&mut first);
    let mut second = pin!(cache.fetch("test", "a", || fetches.clone().slow()));
    poll_once(&mut second);
    drop(first);
    assert_eq!(second.await.unwrap(), 1);
}

#[tokio::test]
async fn a_fetch_ends_with_the_last_of_its_callers() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let mut callers: Vec<_> = (0..3)
        .map(|_| Box::pin(cache.fetch("test", "a", || fetches.clone().never_ends())))
        .collect();
    for caller in &mut callers {
        poll_once(caller);
    }
    assert_eq!((fetches.count(), cache.in_flight()), (1, 1));
    callers.truncate(1);
    assert_eq!(cache.in_flight(), 1);
    callers.clear();
    assert_eq!(cache.in_flight(), 0);
}

#[tokio::test]
async fn a_caller_that_is_not_polled_holds_nobody_up() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let mut unpolled = pin!(cache.fetch("test", "a", || fetches.clone().slow()));
    poll_once(&mut unpolled);
    assert_eq!(cache.fetch("test", "a", || fetches.clone().slow()).await.unwrap(), 1);
    assert_eq!(unpolled.await.unwrap(), 1);
}

/// A runtime whose only thread is blocked drives neither its timers nor its connections.
#[test]
fn a_blocked_runtime_holds_no_other_one_up() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (asked, has_asked) = std::sync::mpsc::channel();
    let (finish, may_finish) = std::sync::mpsc::channel::<()>();
    let blocked = thread::spawn({
        let (cache, fetches) = (cache.clone(), fetches.clone());
        move || {
            runtime().block_on(async {
                let mut caller = pin!(cache.fetch("test", "a", || fetches.clone().slow()));
                poll_once(&mut caller);
                asked.send(()).unwrap();
                may_finish.recv().unwrap();
                caller.await
            })
        }
    });
    has_asked.recv().unwrap();
    let started = Instant::now();
    let value = runtime().block_on(cache.fetch("test", "a", || fetches.clone().slow()));
    assert_eq!(value.unwrap(), 2);
    assert!(started.elapsed() < 10 * SHORT);
    finish.send(()).unwrap();
    assert_eq!(blocked.join().unwrap().unwrap(), 1);
}

#[tokio::test]
async fn who_joins_late_has_the_time_of_a_whole_fetch() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let caller = || async {
        let asked = Instant::now();
        let timed_out = is_timeout(cache.fetch("test", "a", || fetches.clone().times_out()).await);
        (timed_out, asked.elapsed())
    };
    let late = async {
        sleep(SHORT / 2).await;
        join_all((0..3).map(|_| caller())).await
    };
    let ((timed_out, first), late) = tokio::join!(caller(), late);
    assert!(timed_out && first < SHORT.mul_f32(1.4), "{first:?}");
    for (timed_out, waited) in late {
        assert!(timed_out);
        assert!(waited >= SHORT.mul_f32(0.9) && waited < SHORT.mul_f32(1.4), "{waited:?}");
    }
    assert_eq!((fetches.count(), cache.in_flight()), (2, 0));
}

#[tokio::test]
async fn a_fetch_that_is_held_up_is_replaced() {
    let (cache, fetches) = (Numbers::new(10).timeout(SHORT), Fetches::default());
    let mut first = pin!(cache.fetch("test", "a", || fetches.clone().never_ends()));
    poll_once(&mut first);
    sleep(SHORT / 2).await;
    // Joins the first, which never ends, and has half of its own time left when that is too old.
    let number = fetches.clone();
    let second = cache.fetch("test", "a", || {
        let number = number.clone();
        async move { Ok((number.next(), Duration::ZERO)) }
    });
    assert_eq!(second.await.unwrap(), 2);
    assert!(is_timeout(first.await));
    assert_eq!(cache.in_flight(), 0);
}

#[tokio::test]
async fn every_caller_has_its_own_deadline_and_none_bounds_the_fetch() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let options = CallOptions::new().timeout(SHORT / 10);
    let bounded = Arc::new(AtomicUsize::new(0));
    let impatient = options.scope(cache.fetch("test", "a", || {
        let (fetches, bounded) = (fetches.clone(), bounded.clone());
        async move {
            let has_options = deadline(MINUTE) < Instant::now() + MINUTE / 2;
            bounded.fetch_add(usize::from(has_options), Ordering::SeqCst);
            fetches.slow().await
        }
    }));
    let mut impatient = pin!(impatient);
    poll_once(&mut impatient);
    let mut patient = pin!(cache.fetch("test", "a", || fetches.clone().slow()));
    poll_once(&mut patient);
    assert!(is_timeout(impatient.await));
    assert_eq!(patient.await.unwrap(), 1);
    assert_eq!(bounded.load(Ordering::SeqCst), 0, "the fetch had the options of a caller");
}

#[tokio::test]
async fn forgetting_ends_what_is_in_flight() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    let forget_it: fn(&Numbers) = |cache| cache.invalidate(&"a");
    for forget in [forget_it, Numbers::invalidate_all] {
        let before = fetches.count();
        let mut old = pin!(cache.fetch("test", "a", || fetches.clone().slow()));
        poll_once(&mut old);
        forget(&cache);
        let mut new = pin!(cache.fetch("test", "a", || fetches.clone().slow()));
        poll_once(&mut new);
        assert_eq!(old.await.unwrap(), before + 1);
        assert_eq!(cache.cached(&"a"), None, "an old value was cached");
        assert_eq!(new.await.unwrap(), before + 2);
        assert_eq!(cache.cached(&"a"), Some(before + 2));
        assert_eq!(cache.in_flight(), 0);
        cache.invalidate_all();
    }
}

#[tokio::test]
async fn a_value_lives_from_the_beginning_of_its_fetch() {
    let cache = Numbers::new(10);
    let fetch = || async {
        sleep(SHORT).await;
        Ok((1, SHORT))
    };
    assert_eq!(cache.fetch("test", "a", fetch).await.unwrap(), 1);
    assert_eq!(cache.cached(&"a"), None);
    let asked = cache.asked(&"b");
    cache.insert("b", 1, MINUTE, asked);
    assert_eq!(cache.cached(&"b"), Some(1));
    cache.invalidate(&"b");
    cache.insert("b", 1, MINUTE, asked);
    assert_eq!(cache.cached(&"b"), None, "cached after it was forgotten");
}

/// A test that is slow, or a clock that is paused, makes no difference to what is cached.
#[tokio::test(start_paused = true)]
async fn a_value_lives_by_the_clock_of_deadlines_alone() {
    let cache = Numbers::new(10);
    cache.insert("a", 1, SHORT, cache.asked(&"a"));
    thread::sleep(2 * SHORT);
    assert_eq!(cache.cached(&"a"), Some(1));
    tokio::time::advance(SHORT).await;
    assert_eq!(cache.cached(&"a"), None);
}

#[tokio::test]
async fn who_joins_when_a_cached_value_would_have_expired_gets_that_of_another_fetch() {
    for (lifespan, expected) in [(SHORT / 5, 2), (MINUTE, 1), (Duration::ZERO, 1)] {
        let (cache, fetches) = (Numbers::new(10), Fetches::default());
        let caller = || {
            cache.fetch("test", "a", || {
                let fetches = fetches.clone();
                async move { Ok((fetches.slow().await?.0, lifespan)) }
            })
        };
        let late = async {
            sleep(SHORT / 2).await;
            caller().await
        };
        let (first, second, late) = tokio::join!(caller(), caller(), late);
        assert_eq!((first.unwrap(), second.unwrap()), (1, 1), "{lifespan:?}");
        assert_eq!(late.unwrap(), expected, "{lifespan:?}");
        assert_eq!((fetches.count(), cache.in_flight()), (expected, 0));
    }
}

#[tokio::test]
async fn a_poisoned_lock_can_be_used() {
    let (cache, fetches) = (Numbers::new(10), Fetches::default());
    cache.state.in_flight.poison();
    assert_eq!(cache.fetch("test", "a", || fetches.clone().slow()).await.unwrap(), 1);
    assert_eq!(cache.in_flight(), 0);
}

#[tokio::test]
async fn any_timeout_can_be_set() {
    let fetches = Fetches::default();
    let cache = Numbers::new(10).timeout(Duration::MAX).capacity(5);
    assert_eq!(cache.fetch("test", "a", || fetches.clone().slow()).await.unwrap(), 1);
    let cache = Numbers::new(10).timeout(Duration::ZERO);
    assert!(is_timeout(cache.fetch("test", "a", || fetches.clone().slow()).await));
    let at_once = cache.fetch("test", "a", || async { Ok((7, Duration::ZERO)) });
    assert_eq!(at_once.now_or_never().unwrap().unwrap(), 7);
}

#[tokio::test]
async fn debug_shows_neither_keys_nor_values() {
    let cache = SingleFlightCache::<&str, &str>::new(10);
    let fetch = || async { Ok(("planted", MINUTE)) };
    assert_eq!(cache.fetch("test", "planted", fetch).await.unwrap(), "planted");
    assert!(!format!("{cache:?}").contains("planted"));
}
