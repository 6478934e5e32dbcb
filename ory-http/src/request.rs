//! Requests to an endpoint.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Uri, header::CONTENT_TYPE};
use serde::Serialize;
use url::Url;

/// An HTTP request, with the name of its operation for errors and logs. An
/// [`Endpoint`](crate::Endpoint) creates and sends it.
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    /// The path with parameter names in place of values, such as `/sessions/{id}`.
    pub(crate) route: &'static str,
    pub(crate) target: Target,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// Whether the body is JSON. Its content type is not among the headers.
    pub(crate) json: bool,
    pub(crate) idempotent: bool,
}

/// The target of a request.
#[derive(Clone)]
pub(crate) enum Target {
    /// A URL whose query can be extended.
    Url(Url),
    /// A serialized URL, which is cloned for many requests.
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
        let target = Target::Url(url);
        Self { operation, method, route, target, headers, body, json: false, idempotent }
    }

    /// Serializes the URL now, for a request that is cloned for many calls.
    #[must_use]
    pub fn prepared(mut self) -> Self {
        if let Some(uri) = self.uri() {
            self.target = Target::Prepared(uri);
        }
        self
    }

    /// The target, or `None` if the URL is longer than the `http` crate supports.
    pub(crate) fn uri(&self) -> Option<Uri> {
        match &self.target {
            Target::Url(url) => url.as_str().parse().ok(),
            Target::Prepared(uri) => Some(uri.clone()),
        }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(self, name: &str, value: impl AsRef<str>) -> Self {
        self.queries([(name, value)])
    }

    /// Adds a query parameter if the value is set.
    #[must_use]
    #[inline]
    pub fn query_if_set(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value.to_string()),
            None => self,
        }
    }

    /// Adds query parameters.
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

    /// Marks the request as not idempotent, although its method is safe: it is sent again only if
    /// the first attempt could not connect.
    #[must_use]
    pub fn not_idempotent(mut self) -> Self {
        self.idempotent = false;
        self
    }

    /// Marks the request as idempotent, whatever its method, so that it can be retried.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The name of the operation.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Adds a header. The value of a secret must be marked sensitive ([`crate::secret_header`]).
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sets a `text/plain` body.
    #[must_use]
    pub fn text(mut self, body: &str) -> Self {
        self.body = Bytes::copy_from_slice(body.as_bytes());
        self.header(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))
    }

    /// Sets a JSON body.
    ///
    /// # Panics
    /// Panics if the value can't be serialized, which holds for no wire type of the clients.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        #[expect(clippy::expect_used, reason = "wire types have string keys and no failing parts")]
        let bytes = serde_json::to_vec(body).expect("wire types serialize");
        self.body = bytes.into();
        self.json = true;
        self
    }
}
