//! The endpoint of an API.

use crate::{
    base_url::BaseUrl,
    call::{RESERVED_HEADERS, for_each_header},
    config::HttpConfig,
    error::{Error, ErrorKind},
    observer::{Observer, attempt_span, error_type_of_status, record_end},
    policy::CallPolicy,
    request::Request,
    response::Response,
    retry::AttemptOutcome,
    server_error::{Hint, ReasonVisibility},
    service::{
        Connection, Connections, HttpConnector, HttpService, HttpServiceError,
        HttpServiceErrorKind, Protocol, Proxy,
    },
    setting::ConfigError,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header::CONTENT_TYPE};
use std::{error::Error as StdError, future::Future, path::PathBuf, sync::Arc};
use tokio::time::Instant;
use tracing::{Instrument, Span};

/// An API of a server: its URL, headers and credentials, connections and call policy.
///
/// It creates [`Request`]s and sends them within a deadline. It is cheap to clone: clones share
/// connections.
#[derive(Clone, Debug)]
pub struct Endpoint {
    base: BaseUrl,
    connection: Connection,
    connector: Arc<dyn HttpConnector>,
    service: Arc<dyn HttpService>,
    /// The headers of every call. They contain `authorization` only if the API accepts it.
    headers: HeaderMap,
    /// The same with the content type of JSON, so that it is not inserted for each request.
    json_headers: HeaderMap,
    policy: CallPolicy,
    reason_visibility: ReasonVisibility,
    hint: Hint,
}

/// Creates the endpoints of one client, which share limits, permits and the retry budget, and, for equal
/// [`Connection`]s, connections.
#[derive(Debug)]
pub struct Endpoints<'a> {
    config: &'a HttpConfig,
    policy: CallPolicy,
    connections: Connections,
    reason_visibility: ReasonVisibility,
    user_agent: &'static str,
    hint: Hint,
}

impl<'a> Endpoints<'a> {
    /// Creates the endpoints of a client with a configuration and a default user agent.
    ///
    /// # Errors
    /// Returns an error if a limit is zero or too large, or a header is reserved.
    pub fn new(
        config: &'a HttpConfig,
        reason_visibility: ReasonVisibility,
        user_agent: &'static str,
    ) -> Result<Self, ConfigError> {
        let (policy, connections) = (CallPolicy::new(config)?, config.connections());
        Ok(Self { config, policy, connections, reason_visibility, user_agent, hint: |_| None })
    }

    /// Sets the hints about errors of the APIs.
    #[must_use]
    pub fn hint(self, hint: Hint) -> Self {
        Self { hint, ..self }
    }

    /// Creates the endpoint at the URL in the named setting, without the API key.
    ///
    /// # Errors
    /// Returns an error if the URL is invalid, the proxy can't be used for it, connections can't be set
    /// up, or a secret would be sent over plain HTTP to another host without permission.
    pub fn endpoint(
        &mut self,
        setting: &'static str,
        url: &str,
        protocol: Protocol,
    ) -> Result<Endpoint, ConfigError> {
        self.connect(setting, url, protocol, false)
    }

    /// [`Endpoints::endpoint`] for an API that accepts the API key.
    ///
    /// # Errors
    /// As [`Endpoints::endpoint`].
    pub fn endpoint_with_api_key(
        &mut self,
        setting: &'static str,
        url: &str,
        protocol: Protocol,
    ) -> Result<Endpoint, ConfigError> {
        self.connect(setting, url, protocol, true)
    }

    fn connect(
        &mut self,
        setting: &'static str,
        url: &str,
        protocol: Protocol,
        with_api_key: bool,
    ) -> Result<Endpoint, ConfigError> {
        let base = BaseUrl::parse(setting, url)?;
        let connection = connection_to(self.config, &base, protocol)?;
        let service = self.connections.service(&connection)?;
        let connector = self.connections.connector().clone();
        let headers = self.config.headers_to(&base, self.user_agent, with_api_key)?;
        let mut json_headers = headers.clone();
        json_headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let (policy, reason_visibility, hint) =
            (self.policy.clone(), self.reason_visibility, self.hint);
        Ok(Endpoint {
            base,
            connection,
            connector,
            service,
            headers,
            json_headers,
            policy,
            reason_visibility,
            hint,
        })
    }
}

/// Returns the parameters of the connections to an API.
///
/// # Errors
/// Returns an error if the configured proxy can't be used for the server.
fn connection_to(
    config: &HttpConfig,
    base: &BaseUrl,
    protocol: Protocol,
) -> Result<Connection, ConfigError> {
    let protocol = match protocol {
        Protocol::Negotiated if config.http2_prior_knowledge && !base.is_https() => Protocol::Http2,
        protocol => protocol,
    };
    // A proxy can't reach the loopback addresses of this host.
    let is_local = base.is_loopback() || base.unix_socket().is_some();
    // A proxy forwards plain HTTP as HTTP/1.1 requests, and no HTTP/2 connection.
    let has_no_proxy = protocol == Protocol::Http2 && !base.is_https();
    let proxy = match &config.proxy {
        _ if is_local => Proxy::Direct,
        Proxy::Url(_) if has_no_proxy => return Err(config.proxy_without_tls()),
        Proxy::System if has_no_proxy => Proxy::Direct,
        proxy => proxy.clone(),
    };
    Ok(Connection {
        proxy,
        protocol,
        tls: base.is_https(),
        unix_socket: base.unix_socket().map(PathBuf::from),
        connect_timeout: config.connect_timeout,
        body_limit: config.body_limit,
        roots: config.roots.clone(),
        client_certificate: config.client_certificate.clone(),
    })
}

impl Endpoint {
    /// Returns this endpoint with other connections.
    ///
    /// # Errors
    /// Returns an error if they can't be set up.
    pub fn with_connections(&self, connections: &mut Connections) -> Result<Self, ConfigError> {
        Ok(Self { service: connections.service(&self.connection)?, ..self.clone() })
    }

    /// Returns an empty set of connections with the connector of this endpoint.
    pub fn new_connections(&self) -> Connections {
        Connections::anew(&self.connector)
    }

    /// The base URL of the API.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base
    }

    /// Makes one attempt with the HTTP service, in a span of its own. The body limit applies to every
    /// implementation of the service.
    ///
    /// The route is the path with parameter names in place of values, and `resends` the number of
    /// attempts of the call before this one.
    ///
    /// # Errors
    /// Returns an error if there is no response, or it exceeds the body limit.
    pub async fn call_service(
        &self,
        request: http::Request<Bytes>,
        route: &str,
        resends: u32,
    ) -> Result<http::Response<Bytes>, HttpServiceError> {
        let span = attempt_span(request.method(), route, self.base.as_url(), resends);
        let response = match span.is_disabled() && self.observer().is_none() {
            true => self.service.call(request).await,
            false => Box::pin(self.call_observed(request, span)).await,
        }?;
        match response.body().len() > self.connection.body_limit {
            true => Err(HttpServiceError::new(
                HttpServiceErrorKind::BodyTooLarge,
                "the body limit was reached",
            )),
            false => Ok(response),
        }
    }

    async fn call_observed(
        &self,
        mut request: http::Request<Bytes>,
        span: Span,
    ) -> Result<http::Response<Bytes>, HttpServiceError> {
        if let Some(observer) = self.observer() {
            let mut context = HeaderMap::new();
            span.in_scope(|| observer.add_trace_context(&mut context));
            for (name, value) in &context {
                if !RESERVED_HEADERS.contains(name) {
                    request.headers_mut().insert(name, value.clone());
                }
            }
        }
        let result = self.service.call(request).instrument(span.clone()).await;
        match &result {
            Ok(response) => {
                let status = response.status();
                span.record("http.response.status_code", status.as_u16());
                record_end(&span, error_type_of_status(status));
            }
            Err(error) => record_end(&span, Some(error.kind().error_type())),
        }
        result
    }

    fn observer(&self) -> Option<&dyn Observer> {
        self.policy.observer()
    }

    /// Tells the observer what a response decided.
    pub fn observe_decision(&self, operation: &'static str, decision: &'static str) {
        if let Some(observer) = self.observer() {
            observer.decided(operation, decision);
        }
    }

    /// Creates a request for a route without parameters, such as `/sessions/whoami`.
    pub fn request(&self, operation: &'static str, method: Method, route: &'static str) -> Request {
        Request::new(operation, method, route, self.base.join(route.split('/').skip(1)))
    }

    /// Creates a request for a route with parameters, such as `/sessions/{id}`. Each value is
    /// percent-encoded.
    ///
    /// # Errors
    /// As [`BaseUrl::join_untrusted`].
    pub fn request_with(
        &self,
        operation: &'static str,
        method: Method,
        route: &'static str,
        values: &[&str],
    ) -> Result<Request, Error> {
        let mut values = values.iter().copied();
        let segment = |segment: &'static str| match segment.starts_with('{') {
            true => values.next().unwrap_or_default(),
            false => segment,
        };
        let segments: Vec<&str> = route.split('/').skip(1).map(segment).collect();
        let url = self.base.join_untrusted(operation, &segments)?;
        Ok(Request::new(operation, method, route, url))
    }

    /// Sends a request, with retries as [`RetryConfig`](crate::RetryConfig) describes, and returns the
    /// response with any status. Dropping the future cancels the call.
    ///
    /// # Errors
    /// Returns [`ErrorKind::Connect`], [`ErrorKind::Timeout`], [`ErrorKind::Transport`] or
    /// [`ErrorKind::BodyTooLarge`].
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let operation = request.operation;
        // The duration is needed only for the log.
        let started = tracing::enabled!(tracing::Level::DEBUG).then(Instant::now);
        let attempt = |retries| self.attempt(&request, retries);
        let (classify, status) = (AttemptOutcome::of_response, |r: &Response| Some(r.status()));
        let result = self
            .policy
            .run_attempts(operation, request.idempotent, attempt, classify, status)
            .await;
        if let Some(started) = started {
            let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            match &result {
                Ok(response) => {
                    let status = response.status().as_u16();
                    tracing::debug!(operation, status, elapsed_ms);
                }
                Err(error) => tracing::debug!(operation, elapsed_ms, %error),
            }
        }
        result
    }

    /// Runs a future whose requests share one deadline.
    ///
    /// # Errors
    /// As [`CallPolicy::with_deadline`].
    pub async fn with_deadline<T>(
        &self,
        operation: &'static str,
        requests: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.policy.with_deadline(operation, requests).await
    }

    /// Makes the attempts of a call that is not sent by [`Endpoint::send`], such as one over gRPC. Each
    /// attempt is created with the number of attempts before it.
    ///
    /// # Errors
    /// Returns the error of the last attempt, or [`ErrorKind::Timeout`].
    pub async fn run_attempts<T, F>(
        &self,
        operation: &'static str,
        idempotent: bool,
        attempt: impl Fn(u32) -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let classify = AttemptOutcome::of_result;
        self.policy.run_attempts(operation, idempotent, attempt, classify, |_| None).await
    }

    async fn attempt(&self, request: &Request, retries: u32) -> Result<Response, Error> {
        let operation = request.operation;
        let too_long = || Error::invalid_input(operation, "the URL of the request is too long");
        let mut http = http::Request::new(request.body.clone());
        *http.method_mut() = request.method.clone();
        *http.uri_mut() = request.uri().ok_or_else(too_long)?;
        let headers = if request.json { &self.json_headers } else { &self.headers };
        *http.headers_mut() = merged(
            headers,
            request.json,
            request.headers.iter().map(|(name, value)| (name, value)),
        );
        let response = self.call_service(http, request.route, retries).await;
        let response = response.map_err(|error| self.to_error(operation, error))?;
        let (parts, body) = response.into_parts();
        Ok(Response {
            operation,
            method: request.method.clone(),
            route: request.route,
            status: parts.status,
            headers: parts.headers,
            body,
            reason_visibility: self.reason_visibility,
            hint: self.hint,
        })
    }

    /// Returns the headers of a request: those of the operation override those of the current
    /// [`CallOptions`](crate::CallOptions), which override those of the configuration.
    pub fn headers<'a>(
        &self,
        operation: impl IntoIterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    ) -> HeaderMap {
        merged(&self.headers, false, operation)
    }

    fn to_error(&self, operation: &'static str, error: HttpServiceError) -> Error {
        Error::new(operation, self.error_kind(error.kind(), error.into_source()))
    }

    /// Returns the error kind of an attempt without a response.
    pub fn error_kind(
        &self,
        kind: HttpServiceErrorKind,
        source: Box<dyn StdError + Send + Sync>,
    ) -> ErrorKind {
        match kind {
            HttpServiceErrorKind::Connect => ErrorKind::Connect(source),
            HttpServiceErrorKind::Timeout => ErrorKind::Timeout(source),
            HttpServiceErrorKind::Interrupted => ErrorKind::Transport(source),
            HttpServiceErrorKind::BodyTooLarge => {
                ErrorKind::BodyTooLarge { limit: self.connection.body_limit }
            }
        }
    }
}

/// Merges headers as [`Endpoint::headers`] describes. If the body is JSON, the headers of the endpoint
/// have the content type of the operation.
fn merged<'a>(
    endpoint: &HeaderMap,
    is_json: bool,
    operation: impl IntoIterator<Item = (&'a HeaderName, &'a HeaderValue)>,
) -> HeaderMap {
    let mut headers = endpoint.clone();
    for_each_header(|name, value| {
        if !is_json || *name != CONTENT_TYPE {
            headers.insert(name, value.clone());
        }
    });
    for (name, value) in operation {
        headers.insert(name, value.clone());
    }
    headers
}
