//! The settings that every client has: limits and the API key.

use crate::{
    base_url::BaseUrl,
    call::MAX_DURATION,
    retry::RetryConfig,
    secret::ApiKey,
    service::{Connections, FixedService, HttpConnector, HttpService, Proxy, RootCertificates},
    setting::{ConfigError, parse_setting},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// Limits and credentials of a client's HTTP calls.
///
/// ```
/// use ory_http::HttpConfig;
/// use std::time::Duration;
///
/// let config = HttpConfig::default().timeout(Duration::from_secs(2)).body_limit(64 * 1024);
/// ```
#[derive(Clone, Debug)]
pub struct HttpConfig {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: usize,
    pub(crate) api_key: Option<ApiKey>,
    pub(crate) retries: RetryConfig,
    pub(crate) max_in_flight: Option<usize>,
    pub(crate) roots: RootCertificates,
    pub(crate) proxy: Proxy,
    pub(crate) connector: Option<Arc<dyn HttpConnector>>,
    api_key_over_http: bool,
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
            retries: RetryConfig::default(),
            max_in_flight: None,
            roots: RootCertificates::default(),
            proxy: Proxy::default(),
            connector: None,
            api_key_over_http: false,
            prefix: String::new(),
        }
    }
}

impl HttpConfig {
    /// How long connecting may take. Zero is refused when the client is built.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// How long a whole call may take, from waiting for a permit to the last byte of the last
    /// response, retries and all requests that it is made of included.
    /// [`CallOptions`](crate::CallOptions) give one call another timeout. Zero is refused when the
    /// client is built.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// How many bytes an answer may have. Zero is refused when the client is built.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The bearer token for the server's APIs that take one, such as an Ory Network API key.
    ///
    /// Over plain HTTP it goes to this machine's own loopback and to Unix sockets only: a client
    /// of another host is not built, unless [`HttpConfig::api_key_over_http`] says so.
    #[must_use]
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.api_key = Some(key);
        self
    }

    /// Lets the API key go over plain HTTP to other machines, where whoever is on the way can read
    /// it. For a network that encrypts by itself, such as a service mesh.
    #[must_use]
    pub fn api_key_over_http(mut self, allow: bool) -> Self {
        self.api_key_over_http = allow;
        self
    }

    /// Which proxy is used; that of the environment by default. [`Proxy`] says which servers are
    /// always reached without one.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Sends every request by services that this connector makes, in place of reqwest or around it
    /// ([`ReqwestConnector`](crate::ReqwestConnector)).
    #[must_use]
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
    #[must_use]
    pub fn service(self, service: Arc<dyn HttpService>) -> Self {
        self.connector(Arc::new(FixedService(service)))
    }

    /// How often and how soon a failed call is tried again.
    #[must_use]
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.retries = retries;
        self
    }

    /// How many calls may be under way at a time; further ones wait for a permit within their
    /// timeout. Zero is refused when the client is built.
    #[must_use]
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = Some(calls);
        self
    }

    /// The certificate authorities, in PEM, that an `https` server may be certified by, instead of
    /// the platform's: for servers with certificates of one's own.
    ///
    /// # Errors
    /// If it contains no certificate, or an invalid one.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots = RootCertificates::from_pem("root certificates", pem)?;
        Ok(self)
    }

    /// Reads `{prefix}_CONNECT_TIMEOUT_MS`, `{prefix}_TIMEOUT_MS`, `{prefix}_BODY_LIMIT` (bytes),
    /// `{prefix}_MAX_RETRIES`, `{prefix}_MAX_IN_FLIGHT`, `{prefix}_CA_FILE` (a path),
    /// `{prefix}_PROXY` (`system`, `none` or a URL), `{prefix}_API_KEY` and
    /// `{prefix}_API_KEY_OVER_HTTP` (`true` or `false`); what is not set keeps its default.
    pub fn from_vars(
        prefix: &str,
        vars: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self { prefix: prefix.to_owned(), ..Self::default() };
        let millis = "a whole number of milliseconds";
        if let Some(ms) = parse_setting(&format!("{prefix}_CONNECT_TIMEOUT_MS"), vars, millis)? {
            config.connect_timeout = Duration::from_millis(ms);
        }
        if let Some(ms) = parse_setting(&format!("{prefix}_TIMEOUT_MS"), vars, millis)? {
            config.timeout = Duration::from_millis(ms);
        }
        let limit = format!("{prefix}_BODY_LIMIT");
        if let Some(bytes) = parse_setting(&limit, vars, "a whole number of bytes")? {
            config.body_limit = bytes;
        }
        let number = "a whole number";
        if let Some(times) = parse_setting(&format!("{prefix}_MAX_RETRIES"), vars, number)? {
            config.retries = config.retries.max_retries(times);
        }
        config.max_in_flight = parse_setting(&format!("{prefix}_MAX_IN_FLIGHT"), vars, number)?;
        let name = format!("{prefix}_CA_FILE");
        if let Some(path) = vars(&name) {
            let pem = std::fs::read(path).map_err(|error| {
                ConfigError::new(&*name, format!("names a file that can't be read: {error}"))
            })?;
            config.roots = RootCertificates::from_pem(&name, &pem)?;
        }
        let proxy = "system, none or the http or https URL of a proxy";
        if let Some(proxy) = parse_setting(&format!("{prefix}_PROXY"), vars, proxy)? {
            config.proxy = proxy;
        }
        let over_http = format!("{prefix}_API_KEY_OVER_HTTP");
        config.api_key_over_http =
            parse_setting(&over_http, vars, "true or false")?.unwrap_or_default();
        let name = format!("{prefix}_API_KEY");
        if let Some(key) = vars(&name) {
            let key = ApiKey::new(key);
            config.api_key =
                Some(key.map_err(|problem| ConfigError::new(name, problem.to_string()))?);
        }
        Ok(config)
    }

    /// The connections of one client.
    pub fn connections(&self) -> Connections {
        Connections::new(self.connector.clone())
    }

    /// Refuses to send the API key to where others can read it on the way.
    pub(crate) fn allow_api_key_to(&self, base: &BaseUrl) -> Result<(), ConfigError> {
        let is_local = base.is_loopback() || base.unix_socket().is_some();
        if base.is_https() || is_local || self.api_key_over_http {
            return Ok(());
        }
        let allow = self.setting("API_KEY_OVER_HTTP");
        let problem = format!(
            "would be sent over plain HTTP to another machine; use https, or allow it by {allow}"
        );
        Err(ConfigError::new(self.setting("API_KEY"), problem))
    }

    /// Refuses a proxy for HTTP/2 without TLS.
    pub(crate) fn proxy_without_tls(&self) -> ConfigError {
        let problem = "can't be used for gRPC without TLS, which no HTTP proxy forwards; use https \
                       or no proxy";
        ConfigError::new(self.setting("PROXY"), problem)
    }

    /// The name of a setting: of the variable, where it was read from one.
    fn setting(&self, name: &str) -> String {
        match self.prefix.as_str() {
            "" => name.to_lowercase().replace('_', " "),
            prefix => format!("{prefix}_{name}"),
        }
    }

    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |setting, problem: &str| Err(ConfigError::new(self.setting(setting), problem));
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
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_variables_and_names_a_wrong_one() {
        let vars = |name: &str| match name {
            "KETO_TIMEOUT_MS" => Some("250".to_owned()),
            "KETO_API_KEY" => Some("ory_pat_planted".to_owned()),
            "BAD_BODY_LIMIT" => Some("lots".to_owned()),
            "WORSE_API_KEY" => Some("ory_st_planted".to_owned()),
            _ => None,
        };
        let config = HttpConfig::from_vars("KETO", &vars).unwrap();
        assert_eq!(config.timeout, Duration::from_millis(250));
        assert!(!format!("{config:?}").contains("planted"));

        let error = HttpConfig::from_vars("BAD", &vars).unwrap_err();
        assert_eq!(error.to_string(), "BAD_BODY_LIMIT must be a whole number of bytes");
        let error = HttpConfig::from_vars("WORSE", &vars).unwrap_err();
        assert_eq!(error.to_string(), "WORSE_API_KEY is a session token, not an API key");
    }
}
