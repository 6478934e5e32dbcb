//! A request to an endpoint.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri, header::CONTENT_TYPE};
use serde::Serialize;
use url::Url;

/// One request: the operation's name for errors and logs, and what goes over the wire. An
/// [`Endpoint`](crate::Endpoint) makes and sends it.
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    /// The path with names in place of values, such as `/sessions/{id}`.
    pub(crate) route: &'static str,
    pub(crate) target: Target,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    pub(crate) idempotent: bool,
}

/// Where a request goes.
#[derive(Clone)]
pub(crate) enum Target {
    /// A URL that may still get a query.
    Url(Url),
    /// A URL that is put together once and used for many requests.
    Prepared(Uri),
}

impl Request {
    pub(crate) fn new(
        operation: &'static str,
        method: Method,
        route: &'static str,
        url: Url,
    ) -> Self {
        let idempotent = method.is_safe();
        let (headers, body) = (Vec::new(), Bytes::new());
        Self { operation, method, route, target: Target::Url(url), headers, body, idempotent }
    }

    /// Puts the URL together now, for a request that is cloned for many calls.
    #[must_use]
    pub fn prepared(mut self) -> Self {
        if let Some(uri) = self.uri() {
            self.target = Target::Prepared(uri);
        }
        self
    }

    /// Where the request goes; `None` for a URL that is longer than HTTP allows.
    pub(crate) fn uri(&self) -> Option<Uri> {
        match &self.target {
            Target::Url(url) => url.as_str().parse().ok(),
            Target::Prepared(uri) => Some(uri.clone()),
        }
    }

    /// Adds a parameter to the query.
    #[must_use]
    pub fn query(self, name: &str, value: impl AsRef<str>) -> Self {
        self.queries([(name, value)])
    }

    /// Adds a parameter to the query, if it is set.
    #[must_use]
    pub fn query_if_set(self, name: &str, value: Option<impl ToString>) -> Self {
        self.queries(value.map(|value| (name, value.to_string())))
    }

    /// Adds parameters to the query.
    #[must_use]
    pub fn queries<K: AsRef<str>, V: AsRef<str>>(
        mut self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut pairs = pairs.into_iter().peekable();
        if pairs.peek().is_none() {
            return self;
        }
        if let Target::Prepared(uri) = &self.target
            && let Ok(url) = Url::parse(&uri.to_string())
        {
            self.target = Target::Url(url);
        }
        if let Target::Url(url) = &mut self.target {
            url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    /// Says that the request must not be sent twice, though its method says that it may.
    #[must_use]
    pub fn not_idempotent(mut self) -> Self {
        self.idempotent = false;
        self
    }

    /// Says that the request may be sent again though its method does not say so: sent twice, it
    /// has the effect of once.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Adds a header; mark its value sensitive where it is a secret ([`crate::secret_header`]).
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets a body of plain text.
    #[must_use]
    pub fn text(mut self, body: &str) -> Self {
        self.body = Bytes::copy_from_slice(body.as_bytes());
        self.header(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))
    }

    /// Sets a JSON body.
    ///
    /// # Panics
    /// If the value has no JSON form; the wire types of the clients all have one.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        #[expect(clippy::expect_used, reason = "wire types have string keys and no failing parts")]
        let bytes = serde_json::to_vec(body).expect("wire types serialize");
        self.body = bytes.into();
        self.header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }
}
