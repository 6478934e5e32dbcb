//! The settings of every client: limits, headers, credentials and connections.

mod environment;
mod headers;

use crate::{
    call::MAX_DURATION,
    observer::Observer,
    retry::RetryConfig,
    secret::{ApiKey, BasicAuth},
    service::{
        ClientCertificate, Connections, FixedService, HttpConnector, HttpService, Proxy,
        RootCertificates,
    },
    setting::ConfigError,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// The configuration of a client's HTTP calls: limits, headers, credentials and connections.
///
/// ```
/// use ory_http::HttpConfig;
/// use std::time::Duration;
///
/// let config = HttpConfig::default().timeout(Duration::from_secs(2)).body_limit(64 * 1024);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct HttpConfig {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: usize,
    api_key: Option<ApiKey>,
    basic_auth: Option<BasicAuth>,
    /// Each value is marked sensitive, so that `Debug` does not show it.
    headers: HeaderMap,
    user_agent: Option<HeaderValue>,
    pub(crate) retries: RetryConfig,
    pub(crate) max_in_flight: Option<usize>,
    pub(crate) roots: RootCertificates,
    pub(crate) client_certificate: Option<ClientCertificate>,
    pub(crate) proxy: Proxy,
    pub(crate) http2_prior_knowledge: bool,
    pub(crate) connector: Option<Arc<dyn HttpConnector>>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    credentials_over_http: bool,
    /// The prefix of the environment variables, for errors.
    prefix: String,
}

impl Default for HttpConfig {
    /// A connect timeout of 2 seconds, a timeout of 5 seconds, a body limit of 8 MiB, two retries, no
    /// credentials, and no concurrency limit.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(5),
            body_limit: 8 * 1024 * 1024,
            api_key: None,
            basic_auth: None,
            headers: HeaderMap::new(),
            user_agent: None,
            retries: RetryConfig::default(),
            max_in_flight: None,
            roots: RootCertificates::default(),
            client_certificate: None,
            proxy: Proxy::default(),
            http2_prior_knowledge: false,
            connector: None,
            observer: None,
            credentials_over_http: false,
            prefix: String::new(),
        }
    }
}

impl HttpConfig {
    /// Sets the timeout for connecting; 2 seconds by default. Zero is rejected when the client is built.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the timeout of a call; 5 seconds by default. It includes waiting for a permit, all requests
    /// of the call, their retries, and the body of the last response.
    /// [`CallOptions`](crate::CallOptions) override it for individual calls. Zero is rejected when the
    /// client is built.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets the maximum size of a response body in bytes; 8 MiB by default. Zero is rejected when the
    /// client is built.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the API key, such as one of Ory Network, for the APIs that accept one.
    ///
    /// Over plain HTTP, it is sent to loopback addresses and Unix sockets only. Building a client for
    /// another host fails, unless [`HttpConfig::credentials_over_http`] allows it.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.api_key = Some(key);
        self
    }

    /// Sets a user name and password for each call to each API of the client, for example for a reverse
    /// proxy. They can't be combined with an API key, which uses the same header, and have the same
    /// restrictions over plain HTTP.
    ///
    /// APIs with different credentials require separate clients.
    pub fn basic_auth(mut self, credentials: BasicAuth) -> Self {
        self.basic_auth = Some(credentials);
        self
    }

    /// Adds a header to each call to each API of the client. Its value can be a secret: `Debug` does not
    /// show it, and it has the same restrictions over plain HTTP as an API key.
    ///
    /// [`CallOptions`](crate::CallOptions) replace it for individual calls. Reserved headers, such as
    /// `authorization` and `cookie`, are rejected when the client is built.
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.append(name, value);
        self
    }

    /// Sets the `User-Agent` of each call; by default, the name and version of the client, such as
    /// `kratos-client/0.1.0`. Calls on behalf of a browser send the user agent of the browser.
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = Some(user_agent);
        self
    }

    /// Sets the observer of all calls of the client, for metrics and distributed tracing. Independently
    /// of it, each call and each attempt has a `tracing` span.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Allows sending credentials and headers over plain HTTP to other hosts, where anyone on the
    /// network path can read them. Use it only on a network that encrypts traffic itself, such as a
    /// service mesh.
    pub fn credentials_over_http(mut self, allow: bool) -> Self {
        self.credentials_over_http = allow;
        self
    }

    /// Uses HTTP/2 with prior knowledge for servers without TLS, in place of HTTP/1.1, for example
    /// behind a service mesh that supports only HTTP/2. gRPC always uses it. Without the feature
    /// `http2`, building the client fails.
    pub fn http2_prior_knowledge(mut self, only: bool) -> Self {
        self.http2_prior_knowledge = only;
        self
    }

    /// Sets the proxy; that of the environment by default. See [`Proxy`] for servers that are always
    /// reached directly.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Sets the connector that creates the HTTP services, which replace reqwest or wrap it
    /// ([`ReqwestConnector`](crate::ReqwestConnector)).
    pub fn connector(mut self, connector: Arc<dyn HttpConnector>) -> Self {
        self.connector = Some(connector);
        self
    }

    /// Sets the HTTP service that sends all requests in place of reqwest, for example in a test without
    /// a server.
    ///
    /// ```
    /// use async_trait::async_trait;
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use ory_http::{HttpConfig, HttpService, HttpServiceError};
    /// use std::sync::Arc;
    ///
    /// #[derive(Debug)]
    /// struct Denies;
    ///
    /// #[async_trait]
    /// impl HttpService for Denies {
    ///     async fn call(&self, _: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
    ///         let body = Bytes::from_static(br#"{"allowed":false}"#);
    ///         let mut response = Response::new(body);
    ///         let json = http::HeaderValue::from_static("application/json");
    ///         response.headers_mut().insert(http::header::CONTENT_TYPE, json);
    ///         Ok(response)
    ///     }
    /// }
    ///
    /// let config = HttpConfig::default().service(Arc::new(Denies));
    /// ```
    pub fn service(self, service: Arc<dyn HttpService>) -> Self {
        self.connector(Arc::new(FixedService(service)))
    }

    /// Sets the retries of failed calls.
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the maximum number of concurrent calls; unlimited by default. Further calls wait for a
    /// permit within their timeout. Zero is rejected when the client is built.
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = Some(calls);
        self
    }

    /// Sets the certificate authorities of `https` servers, in PEM, in place of those of the platform.
    ///
    /// # Errors
    /// Returns an error if the PEM contains no certificate, or an invalid one.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots = RootCertificates::only("root certificates", pem)?;
        Ok(self)
    }

    /// Adds certificate authorities of `https` servers, in PEM, to those of the platform or of an earlier
    /// [`HttpConfig::root_certificates`].
    ///
    /// # Errors
    /// Returns an error if the PEM contains no certificate, or an invalid one.
    pub fn add_root_certificates(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots = self.roots.and("added root certificates", pem)?;
        Ok(self)
    }

    /// Sets the client certificate for mutual TLS, in PEM: the certificate followed by intermediate
    /// certificates, and the private key without a passphrase, in any order.
    ///
    /// # Errors
    /// Returns an error if the certificate or the key is missing or invalid, or they do not match.
    pub fn client_certificate(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.client_certificate = Some(ClientCertificate::from_pem("client certificate", pem)?);
        Ok(self)
    }

    /// Creates the connections of a client.
    pub fn connections(&self) -> Connections {
        Connections::new(self.connector.clone())
    }

    /// The error about a proxy for HTTP/2 without TLS.
    pub(crate) fn proxy_without_tls(&self) -> ConfigError {
        let problem = "can't be used for HTTP/2 or gRPC without TLS, which no HTTP proxy forwards; \
                       use https or no proxy";
        self.wrong("PROXY", problem)
    }

    /// Creates an error about a setting.
    fn wrong(&self, setting: &str, problem: &str) -> ConfigError {
        ConfigError::new(self.setting(setting), problem)
    }

    /// Returns the name of a setting: its variable if the configuration was read from variables.
    fn setting(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_lowercase().replace('_', " "),
            prefix => format!("{prefix}_{name}"),
        }
    }

    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |setting, problem: &str| Err(self.wrong(setting, problem));
        for (setting, time) in
            [("CONNECT_TIMEOUT_MS", self.connect_timeout), ("TIMEOUT_MS", self.timeout)]
        {
            if time.is_zero() || time > MAX_DURATION {
                return wrong(setting, "must be above zero and at most a day");
            }
        }
        if self.body_limit == 0 {
            return wrong("BODY_LIMIT", "must be above zero");
        }
        if self.max_in_flight.is_some_and(|calls| calls == 0 || calls > Semaphore::MAX_PERMITS) {
            return wrong("MAX_IN_FLIGHT", "must be above zero and below 2^61");
        }
        self.validate_headers()
    }
}
