//! Task-local state of a call: its start time, and the caller's [`CallOptions`].

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, PROXY_AUTHORIZATION, TE, TRAILER,
        TRANSFER_ENCODING, UPGRADE,
    },
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::time::Instant;

/// The longest duration that a setting or a `Retry-After` header may ask for. Longer ones are
/// mistakes, and adding them to an `Instant` could overflow.
pub(crate) const MAX_DURATION: Duration = Duration::from_hours(24);

tokio::task_local! {
    static SCOPE: Scope;
}

#[derive(Clone, Default)]
struct Scope {
    /// The start of the operation that the requests belong to, if they share a deadline.
    started: Option<Instant>,
    options: Option<Arc<CallOptions>>,
    /// The minimum of the timeout of each call.
    at_least: Option<Duration>,
}

fn current_scope() -> Scope {
    SCOPE.try_with(Scope::clone).unwrap_or_default()
}

/// Options of individual calls, which override those of the client.
///
/// The options apply to every call made inside [`CallOptions::scope`], through any trait or
/// decorator. Each call in the scope has the full timeout.
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

/// The headers that only the client sets: neither options nor a configuration can add them.
pub(crate) const RESERVED_HEADERS: [HeaderName; 12] = [
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
    /// Creates options that override nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the timeout of each call, from waiting for a permit to the last byte of the response,
    /// including retries. It replaces the timeout of the client, whether it is shorter or longer.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Adds a header to each request, such as `traceparent` or `x-request-id`. It replaces a header of
    /// the configuration. The headers of the operation, such as `content-type`, take precedence.
    ///
    /// Reserved headers are ignored: credentials (`authorization`, `proxy-authorization`, `cookie`,
    /// `x-session-token`, `x-session-cookie`), `host`, message framing (`content-length`,
    /// `transfer-encoding`) and connection headers (`connection`, `te`, `trailer`, `upgrade`).
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if !RESERVED_HEADERS.contains(&name) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Runs a future with these options for all calls that it makes.
    pub async fn scope<F: Future>(self, calls: F) -> F::Output {
        let started = current_scope().started;
        let scope = Scope { started, options: Some(Arc::new(self)), at_least: None };
        SCOPE.scope(scope, calls).await
    }
}

/// Runs a future whose requests share one deadline. The timeout is measured from now, or from the
/// start of the enclosing operation if there is one.
pub async fn with_shared_deadline<F: Future>(operation: F) -> F::Output {
    with_shared_deadline_since(Instant::now(), operation).await
}

/// [`with_shared_deadline`] with an explicit start, which an enclosing operation overrides.
pub async fn with_shared_deadline_since<F: Future>(started: Instant, operation: F) -> F::Output {
    let scope = current_scope();
    let started = scope.started.unwrap_or(started);
    SCOPE.scope(Scope { started: Some(started), ..scope }, operation).await
}

/// Detaches a future that several callers wait for: it starts its own operation, and ignores the options
/// of the caller that polls it. Of the options of the current call, it keeps only a timeout that is
/// longer than that of the client.
pub(crate) fn detached<F: Future>(operation: F) -> impl Future<Output = F::Output> + use<F> {
    let scope = Scope { started: Some(Instant::now()), options: None, at_least: option_timeout() };
    SCOPE.scope(scope, operation)
}

/// The timeout in the options of the current call.
pub(crate) fn option_timeout() -> Option<Duration> {
    let Scope { options, at_least, .. } = current_scope();
    options.and_then(|options| options.timeout).max(at_least)
}

/// The deadline of the current operation: its start, plus the timeout in the options of the current
/// call, or plus the given timeout if they set none.
pub fn deadline(timeout: Duration) -> Instant {
    let in_scope = SCOPE.try_with(|scope| {
        let timeout = scope.options.as_ref().and_then(|options| options.timeout).unwrap_or(timeout);
        (scope.started, scope.at_least.map_or(timeout, |least| least.max(timeout)))
    });
    let (started, timeout) = in_scope.unwrap_or((None, timeout));
    started.unwrap_or_else(Instant::now) + timeout.min(MAX_DURATION)
}

/// Calls a function with each header that the options of the current call add.
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
        let (first, second) = with_shared_deadline(async {
            let first = deadline(SECOND);
            tokio::time::sleep(Duration::from_millis(5)).await;
            (first, with_shared_deadline(async { deadline(SECOND) }).await)
        })
        .await;
        assert_eq!(first, second);
        let own = with_shared_deadline(async {
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
