//! What belongs to one call: when it began, and what its caller wants of it in particular.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, PROXY_AUTHORIZATION, TE, TRAILER,
        TRANSFER_ENCODING, UPGRADE,
    },
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The longest time that a setting or a server may ask for; more is a mistake, and would overflow.
pub(crate) const MAX_DURATION: Duration = Duration::from_hours(24);

tokio::task_local! {
    static SCOPE: Scope;
}

#[derive(Clone, Default)]
struct Scope {
    /// When the operation began that these requests belong to, if there is one.
    started: Option<Instant>,
    options: Option<Arc<CallOptions>>,
    /// The timeout of each call, where that of the client is shorter.
    at_least: Option<Duration>,
}

fn current_scope() -> Scope {
    SCOPE.try_with(Scope::clone).unwrap_or_default()
}

/// Options for single calls, in place of those of the client.
///
/// They apply to every call that a future makes, through whatever traits and decorators it makes
/// them. Each call has the whole timeout to itself.
///
/// ```
/// use ory_http::CallOptions;
/// use std::time::Duration;
///
/// # async fn call() -> Result<(), ory_http::Error> { Ok(()) }
/// # async fn example() -> Result<(), ory_http::Error> {
/// CallOptions::new().timeout(Duration::from_millis(300)).scope(call()).await
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "options apply to the calls inside `scope`"]
pub struct CallOptions {
    timeout: Option<Duration>,
    headers: HeaderMap,
}

/// The headers that only the client itself sets: no option and no configuration adds one.
pub(crate) const CLIENTS_OWN: [HeaderName; 12] = [
    AUTHORIZATION,
    PROXY_AUTHORIZATION,
    COOKIE,
    HeaderName::from_static("x-session-token"),
    HeaderName::from_static("x-session-cookie"),
    HOST,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONNECTION,
    TE,
    TRAILER,
    UPGRADE,
];

impl CallOptions {
    /// Options that change nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long each call may take, from waiting for a permit to the last byte of the response,
    /// retries included. It replaces the timeout of the client, whether shorter or longer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Adds a header to each request, such as `traceparent` or `x-request-id`, in place of one of that
    /// name in the configuration. The headers of the operation itself, such as `content-type`, take
    /// precedence. Some are the client's alone, and not
    /// added: those that carry credentials (`authorization`, `proxy-authorization`, `cookie`,
    /// `x-session-token`, `x-session-cookie`), `host`, and those that say where a message ends or belong to the
    /// connection (`content-length`, `transfer-encoding`, `connection`, `te`, `trailer`,
    /// `upgrade`).
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if !CLIENTS_OWN.contains(&name) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Runs a future whose calls have these options.
    pub async fn scope<F: Future>(self, calls: F) -> F::Output {
        let started = current_scope().started;
        let scope = Scope { started, options: Some(Arc::new(self)), at_least: None };
        SCOPE.scope(scope, calls).await
    }
}

/// Runs a future as one operation: all requests that it makes share one deadline, which counts
/// from here, or from the start of the operation that this one is a part of.
pub async fn as_one_operation<F: Future>(operation: F) -> F::Output {
    as_one_operation_since(Instant::now(), operation).await
}

/// [`as_one_operation`] that began at a point in time, unless it is a part of another one.
pub async fn as_one_operation_since<F: Future>(started: Instant, operation: F) -> F::Output {
    let scope = current_scope();
    let started = scope.started.unwrap_or(started);
    SCOPE.scope(Scope { started: Some(started), ..scope }, operation).await
}

/// A future that several callers wait for: it begins an operation of its own, and has none of the
/// options of whoever happens to poll it. Of those of the call that makes it only the timeout counts,
/// where it is longer than the client's.
pub(crate) fn detached<F: Future>(operation: F) -> impl Future<Output = F::Output> + use<F> {
    let scope = Scope { started: Some(Instant::now()), options: None, at_least: option_timeout() };
    SCOPE.scope(scope, operation)
}

/// The timeout that the options of the current call say.
pub(crate) fn option_timeout() -> Option<Duration> {
    let Scope { options, at_least, .. } = current_scope();
    options.and_then(|options| options.timeout).max(at_least)
}

/// The deadline of the current operation where it may take this long, or as long as the options of
/// the current call say.
pub fn deadline(timeout: Duration) -> Instant {
    let in_scope = SCOPE.try_with(|scope| {
        let timeout = scope.options.as_ref().and_then(|options| options.timeout).unwrap_or(timeout);
        (scope.started, scope.at_least.map_or(timeout, |least| least.max(timeout)))
    });
    let (started, timeout) = in_scope.unwrap_or((None, timeout));
    started.unwrap_or_else(Instant::now) + timeout.min(MAX_DURATION)
}

/// The headers that the options of the current call add, handed to a function one by one.
pub(crate) fn for_each_header(mut add: impl FnMut(&HeaderName, &HeaderValue)) {
    let _ = SCOPE.try_with(|scope| {
        for (name, value) in scope.options.iter().flat_map(|options| &options.headers) {
            add(name, value);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn an_operation_has_one_deadline_whatever_it_is_made_of() {
        let (first, second) = as_one_operation(async {
            let first = deadline(SECOND);
            tokio::time::sleep(Duration::from_millis(5)).await;
            (first, as_one_operation(async { deadline(SECOND) }).await)
        })
        .await;
        assert_eq!(first, second);
        let own = as_one_operation(async {
            let outer = deadline(SECOND);
            tokio::time::sleep(Duration::from_millis(5)).await;
            (outer, detached(async { deadline(SECOND) }).await)
        });
        let (outer, own) = own.await;
        assert!(own > outer);
    }

    #[tokio::test]
    async fn options_apply_inside_their_scope_only() {
        let long = CallOptions::new().timeout(100 * SECOND);
        let now = Instant::now();
        assert!(long.scope(async { deadline(SECOND) }).await > now + 50 * SECOND);
        assert!(deadline(SECOND) < now + 50 * SECOND);
    }
}
