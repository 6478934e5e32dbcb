//! A call on its way out.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header::CONTENT_TYPE};
use serde::Serialize;
use url::Url;

/// One call: the operation's name for errors and logs, and what goes over the wire.
#[derive(Clone)]
pub struct Request {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) repeatable: bool,
    pub(crate) with_api_key: bool,
}

impl Request {
    /// A call without a body.
    pub fn new(operation: &'static str, method: Method, url: Url) -> Self {
        let repeatable = method.is_safe();
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { operation, method, url, headers, body, repeatable, with_api_key: true }
    }

    /// Says that the call must not be done twice, though its method says so.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }

    /// Leaves the API key out: the call is made on a person's behalf, and a server could take the
    /// key for the person's credential.
    #[must_use]
    pub fn without_api_key(mut self) -> Self {
        self.with_api_key = false;
        self
    }

    /// Says that the call comes to the same when it is done twice, though its method does not say
    /// so: it may be tried again.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// The operation's name.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Adds a header; mark its value sensitive where it is a secret ([`crate::secret_header`]).
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
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
