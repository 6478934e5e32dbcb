//! One API of one server, and the one way to call it.

use crate::{
    base_url::BaseUrl,
    call::for_each_header,
    config::HttpConfig,
    error::{Error, ErrorKind},
    policy::CallPolicy,
    request::Request,
    response::Response,
    retry::Verdict,
    server_error::{Hint, ReasonVisibility},
    service::{
        Connection, Connections, HttpConnector, HttpService, HttpServiceError,
        HttpServiceErrorKind, Protocol, Proxy,
    },
    setting::ConfigError,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::{error::Error as StdError, future::Future, path::PathBuf, sync::Arc};
use tokio::time::Instant;

/// One API of one server: its URL, the credential that may go there, and how it is called.
///
/// A call is an operation and a [`Request`], within a deadline; what comes back is a [`Response`].
/// Cheap to clone: clones share connections.
#[derive(Clone, Debug)]
pub struct Endpoint {
    base: BaseUrl,
    connection: Connection,
    connector: Arc<dyn HttpConnector>,
    service: Arc<dyn HttpService>,
    /// Of every call. `authorization` is among them only where the endpoint was told so.
    headers: HeaderMap,
    policy: CallPolicy,
    reasons: ReasonVisibility,
    hint: Hint,
}

/// Makes the endpoints of one client: they share limits, permits and the retry budget, and, where
/// they connect alike, connections.
#[derive(Debug)]
pub struct Endpoints<'a> {
    config: &'a HttpConfig,
    policy: CallPolicy,
    connections: Connections,
    reasons: ReasonVisibility,
    user_agent: &'static str,
    hint: Hint,
}

impl<'a> Endpoints<'a> {
    /// Endpoints of a client with this configuration, which says who it is by this user agent where
    /// the configuration does not.
    ///
    /// # Errors
    /// If a limit is zero or too large, or a header is not the configuration's to set.
    pub fn new(
        config: &'a HttpConfig,
        reasons: ReasonVisibility,
        user_agent: &'static str,
    ) -> Result<Self, ConfigError> {
        let (policy, connections) = (CallPolicy::new(config)?, config.connections());
        Ok(Self { config, policy, connections, reasons, user_agent, hint: |_| None })
    }

    /// With what to do about the errors of these APIs.
    #[must_use]
    pub fn hint(self, hint: Hint) -> Self {
        Self { hint, ..self }
    }

    /// The API at a URL, which was given for the named setting. The API key does not go there.
    ///
    /// # Errors
    /// If the URL is none, the proxy can't be used for it, connections can't be set up on this
    /// machine, or a secret would go over plain HTTP to another machine, unless that is allowed.
    pub fn endpoint(
        &mut self,
        setting: &'static str,
        url: &str,
        protocol: Protocol,
    ) -> Result<Endpoint, ConfigError> {
        self.connect(setting, url, protocol, false)
    }

    /// [`Endpoints::endpoint`] for an API to which the API key goes, if there is one.
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
        let (policy, reasons, hint) = (self.policy.clone(), self.reasons, self.hint);
        Ok(Endpoint { base, connection, connector, service, headers, policy, reasons, hint })
    }
}

/// How an API is connected to.
///
/// # Errors
/// If the configured proxy can't reach the server.
fn connection_to(
    config: &HttpConfig,
    base: &BaseUrl,
    protocol: Protocol,
) -> Result<Connection, ConfigError> {
    let protocol = match protocol {
        Protocol::Negotiated if config.http2_prior_knowledge && !base.is_https() => Protocol::Http2,
        protocol => protocol,
    };
    // Neither a proxy nor another host reaches this machine's own loopback.
    let is_local = base.is_loopback() || base.unix_socket().is_some();
    // A proxy forwards plain HTTP requests one by one, by HTTP/1.1, and no HTTP/2 connection.
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
    /// The same API by connections of these.
    ///
    /// # Errors
    /// If they can't be set up.
    pub fn with_connections(&self, connections: &mut Connections) -> Result<Self, ConfigError> {
        Ok(Self { service: connections.service(&self.connection)?, ..self.clone() })
    }

    /// Connections that are made as those of this endpoint, and of which none is open yet.
    pub fn new_connections(&self) -> Connections {
        Connections::anew(&self.connector)
    }

    /// Where the API is.
    pub fn base_url(&self) -> &BaseUrl {
        &self.base
    }

    /// Makes one attempt of a request that is complete, by the HTTP service. The body limit holds
    /// whatever service that is.
    ///
    /// # Errors
    /// Why there is no response, or that it is too large.
    pub async fn call_service(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpServiceError> {
        let response = self.service.call(request).await?;
        match response.body().len() > self.connection.body_limit {
            true => Err(HttpServiceError::new(
                HttpServiceErrorKind::BodyTooLarge,
                "the body limit was reached",
            )),
            false => Ok(response),
        }
    }

    /// A request of a route without values, such as `/sessions/whoami`.
    pub fn request(&self, operation: &'static str, method: Method, route: &'static str) -> Request {
        Request::new(operation, method, route, self.base.join(route.split('/').skip(1)))
    }

    /// A request of a route with values, such as `/sessions/{id}`. Each value is percent-encoded.
    ///
    /// # Errors
    /// If a value would make it another route: it is empty, `.` or `..`, or has a control
    /// character. A delete of one thing must never become one of something else.
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

    /// Sends a request and reads the whole response, whatever its status; tries again where the
    /// [`RetryConfig`](crate::RetryConfig) says so.
    ///
    /// # Errors
    /// If no whole response of allowed size arrived in time. Dropping the future ends the call.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let operation = request.operation;
        // The clock is read for the log alone.
        let started = tracing::enabled!(tracing::Level::DEBUG).then(Instant::now);
        let attempt = || self.attempt(&request);
        let result = self.policy.run(operation, request.idempotent, attempt, Verdict::of).await;
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

    /// Runs several requests as one operation, within one deadline.
    ///
    /// # Errors
    /// As [`CallPolicy::operation`].
    pub async fn operation<T>(
        &self,
        operation: &'static str,
        requests: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.policy.operation(operation, requests).await
    }

    /// Makes the attempts of a call that is not sent by [`Endpoint::send`], such as one over gRPC.
    ///
    /// # Errors
    /// Those of the last attempt, and [`ErrorKind::Timeout`].
    pub async fn run<T, F>(
        &self,
        operation: &'static str,
        idempotent: bool,
        attempt: impl Fn() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.policy.run(operation, idempotent, attempt, Verdict::of_error).await
    }

    async fn attempt(&self, request: &Request) -> Result<Response, Error> {
        let operation = request.operation;
        let too_long = || Error::invalid_input(operation, "the URL of the request is too long");
        let mut http = http::Request::new(request.body.clone());
        *http.method_mut() = request.method.clone();
        *http.uri_mut() = request.uri().ok_or_else(too_long)?;
        *http.headers_mut() =
            self.headers(request.headers.iter().map(|(name, value)| (name, value)));
        let response =
            self.call_service(http).await.map_err(|error| self.failed(operation, error))?;
        let (parts, body) = response.into_parts();
        Ok(Response {
            operation,
            method: request.method.clone(),
            route: request.route,
            status: parts.status,
            headers: parts.headers,
            body,
            reasons: self.reasons,
            hint: self.hint,
        })
    }

    /// The headers of a request: those of the configuration, those of the current call's options
    /// and those of the operation. Of one name, the last counts.
    pub fn headers<'a>(
        &self,
        operation: impl IntoIterator<Item = (&'a HeaderName, &'a HeaderValue)>,
    ) -> HeaderMap {
        let mut headers = self.headers.clone();
        for_each_header(|name, value| drop(headers.insert(name, value.clone())));
        for (name, value) in operation {
            headers.insert(name, value.clone());
        }
        headers
    }

    fn failed(&self, operation: &'static str, error: HttpServiceError) -> Error {
        Error::new(operation, self.failure(error.kind(), error.into_source()))
    }

    /// Why an attempt has no response.
    pub fn failure(
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
