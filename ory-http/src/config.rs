//! The settings that every client has: limits, headers and credentials, and how to connect.

mod environment;
mod headers;

use crate::{
    call::MAX_DURATION,
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

/// Limits, headers and credentials of a client's HTTP calls, and how it connects.
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
    /// Each value is marked sensitive, so that `Debug` shows none.
    headers: HeaderMap,
    user_agent: Option<HeaderValue>,
    pub(crate) retries: RetryConfig,
    pub(crate) max_in_flight: Option<usize>,
    pub(crate) roots: RootCertificates,
    pub(crate) client_certificate: Option<ClientCertificate>,
    pub(crate) proxy: Proxy,
    pub(crate) http2_prior_knowledge: bool,
    pub(crate) connector: Option<Arc<dyn HttpConnector>>,
    credentials_over_http: bool,
    /// Of the variables that it was read from, for errors.
    prefix: String,
}

impl Default for HttpConfig {
    /// 2 seconds to connect, 5 seconds in all, answers of at most 8 MiB, no API key, two retries,
    /// any number of calls at a time.
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
            credentials_over_http: false,
            prefix: String::new(),
        }
    }
}

impl HttpConfig {
    /// How long connecting may take. Zero is refused when the client is built.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long a whole call may take, from waiting for a permit to the last byte of the last
    /// response, retries and all requests that it is made of included.
    /// [`CallOptions`](crate::CallOptions) give one call another timeout. Zero is refused when the
    /// client is built.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// How many bytes an answer may have. Zero is refused when the client is built.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The bearer token for the server's APIs that take one, such as an Ory Network API key.
    ///
    /// Over plain HTTP it goes to this machine's own loopback and to Unix sockets only: a client
    /// of another host is not built, unless [`HttpConfig::credentials_over_http`] says so.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.api_key = Some(key);
        self
    }

    /// A user name and password for each call to each API of the client, such as a reverse proxy in
    /// front of them asks for. They can't be used beside an API key, whose header they need, and go
    /// over plain HTTP no further than an API key does.
    ///
    /// APIs that need different credentials need a client each.
    pub fn basic_auth(mut self, credentials: BasicAuth) -> Self {
        self.basic_auth = Some(credentials);
        self
    }

    /// Adds a header to each call to each API of the client. It may carry a secret: no `Debug` shows
    /// it, and it goes over plain HTTP no further than an API key does.
    ///
    /// [`CallOptions`](crate::CallOptions) add a header to single calls, and replace one of the same
    /// name. The headers that are the client's own, such as `authorization` and `cookie`, are refused
    /// when the client is built.
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.append(name, value);
        self
    }

    /// The `User-Agent` of each call, by default the name and version of the client, such as
    /// `kratos-client/0.1.0`. A browser's own takes its place in the calls that are made for a
    /// browser.
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = Some(user_agent);
        self
    }

    /// Lets the API key, the user name and password, and the headers go over plain HTTP to other
    /// machines, where whoever is on the way can read them. For a network that encrypts by itself,
    /// such as a service mesh.
    pub fn credentials_over_http(mut self, allow: bool) -> Self {
        self.credentials_over_http = allow;
        self
    }

    /// Speaks HTTP/2 from the first byte with servers without TLS, where HTTP/1.1 is spoken by
    /// default: for servers behind a service mesh that takes HTTP/2 only. gRPC always does. Without
    /// the feature `http2` the client is not built.
    pub fn http2_prior_knowledge(mut self, only: bool) -> Self {
        self.http2_prior_knowledge = only;
        self
    }

    /// Which proxy is used; that of the environment by default. [`Proxy`] says which servers are
    /// always reached without one.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Sends every request by services that this connector makes, in place of reqwest or around it
    /// ([`ReqwestConnector`](crate::ReqwestConnector)).
    pub fn connector(mut self, connector: Arc<dyn HttpConnector>) -> Self {
        self.connector = Some(connector);
        self
    }

    /// Sends every request by this one service, in place of reqwest: for a test without a port, or
    /// for a service that an application has anyway.
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

    /// How often and how soon a failed call is tried again.
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.retries = retries;
        self
    }

    /// How many calls may be under way at a time; further ones wait for a permit within their
    /// timeout. Zero is refused when the client is built.
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = Some(calls);
        self
    }

    /// The certificate authorities, in PEM, that may certify an `https` server, in place of the
    /// platform's: for servers with certificates of one's own.
    ///
    /// # Errors
    /// If it contains no certificate, or an invalid one.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots = RootCertificates::only("root certificates", pem)?;
        Ok(self)
    }

    /// More certificate authorities, in PEM, that may certify an `https` server: beside the
    /// platform's, or beside those of [`HttpConfig::root_certificates`] where that was called before.
    ///
    /// # Errors
    /// If it contains no certificate, or an invalid one.
    pub fn add_root_certificates(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots = self.roots.and("added root certificates", pem)?;
        Ok(self)
    }

    /// The certificate by which the client authenticates itself to an `https` server that asks for
    /// one (mutual TLS), followed by those between it and its authority, and its private key: all in
    /// PEM, in any order, the key without a passphrase.
    ///
    /// # Errors
    /// If the certificate or the key is missing or invalid, or the key is not that of the
    /// certificate.
    pub fn client_certificate(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.client_certificate = Some(ClientCertificate::from_pem("client certificate", pem)?);
        Ok(self)
    }

    /// The connections of one client.
    pub fn connections(&self) -> Connections {
        Connections::new(self.connector.clone())
    }

    /// Refuses a proxy for HTTP/2 without TLS.
    pub(crate) fn proxy_without_tls(&self) -> ConfigError {
        let problem = "can't be used for HTTP/2 or gRPC without TLS, which no HTTP proxy forwards; \
                       use https or no proxy";
        self.wrong("PROXY", problem)
    }

    /// An error about a setting.
    fn wrong(&self, setting: &str, problem: &str) -> ConfigError {
        ConfigError::new(self.setting(setting), problem)
    }

    /// The name of a setting: of the variable, where it was read from one.
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
            return wrong("MAX_IN_FLIGHT", "must be above zero and not that large");
        }
        self.validate_headers()
    }
}
