//! The settings that every client has: limits and the API key.

use crate::{ApiKey, RetryConfig, response::LONGEST, tls::Roots};
use http::HeaderValue;
use std::{str::FromStr, time::Duration};
use tokio::sync::Semaphore;

/// A setting that can't be used. The message names it and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} {problem}")]
pub struct ConfigError {
    setting: String,
    problem: String,
}

impl ConfigError {
    /// An error about the named setting; the problem reads on from the name (`is empty`).
    pub fn new(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { setting: setting.into(), problem: problem.into() }
    }

    /// The name of the setting: a builder's method, or an environment variable.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

/// One environment variable that a client reads, for help texts and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The variable.
    pub name: &'static str,
    /// What it does, with its unit and its default.
    pub help: &'static str,
}

/// Reads the process's environment. A value that is not Unicode is passed on with replacement
/// characters, so that it is refused by name and not taken for unset. An empty value is unset.
pub fn env_vars(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.trim().is_empty())
}

/// Reads one setting of a type that has a text form; `None` where it is not set.
pub fn parse_setting<T: FromStr>(
    name: &str,
    vars: &impl Fn(&str) -> Option<String>,
    expected: &str,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = vars(name) else { return Ok(None) };
    let value = text.trim().parse();
    value.map(Some).map_err(|_| ConfigError::new(name, format!("must be {expected}")))
}

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
    pub(crate) roots: Roots,
    /// Of the variables that it was read from, for errors.
    prefix: String,
}

/// How long a call may take and how large its answer may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For connecting.
    pub connect_timeout: Duration,
    /// For the whole call.
    pub timeout: Duration,
    /// Bytes of an answer.
    pub body_limit: usize,
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
            roots: Roots::default(),
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

    /// How long a whole call may take, from waiting for its turn to the last byte of the answer,
    /// retries included. Zero is refused when the client is built.
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

    /// The bearer token to send with each call, such as an Ory Network API key.
    #[must_use]
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.api_key = Some(key);
        self
    }

    /// How often and how soon a failed call is tried again.
    #[must_use]
    pub fn retries(mut self, retries: RetryConfig) -> Self {
        self.retries = retries;
        self
    }

    /// How many calls may be under way at a time; further ones wait for their turn within their
    /// time limit. Zero is refused when the client is built.
    #[must_use]
    pub fn max_in_flight(mut self, calls: usize) -> Self {
        self.max_in_flight = Some(calls);
        self
    }

    /// The certificate authorities, in PEM, that an `https` server may be certified by, instead of
    /// the platform's: for servers with certificates of one's own.
    ///
    /// # Errors
    /// If there is no certificate in it, or one that is none.
    pub fn root_certificates(mut self, pem: &[u8]) -> Result<Self, ConfigError> {
        self.roots = Roots::from_pem("root certificates", pem)?;
        Ok(self)
    }

    /// Reads `{prefix}_CONNECT_TIMEOUT_MS`, `{prefix}_TIMEOUT_MS`, `{prefix}_BODY_LIMIT` (bytes),
    /// `{prefix}_MAX_RETRIES`, `{prefix}_MAX_IN_FLIGHT`, `{prefix}_CA_FILE` (a path) and
    /// `{prefix}_API_KEY`; what is not set keeps its default.
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
            config.roots = Roots::from_pem(&name, &pem)?;
        }
        let name = format!("{prefix}_API_KEY");
        if let Some(key) = vars(&name) {
            let key = ApiKey::new(key);
            config.api_key =
                Some(key.map_err(|problem| ConfigError::new(name, problem.to_string()))?);
        }
        Ok(config)
    }

    /// The limits, for a transport that is not HTTP.
    ///
    /// # Errors
    /// If a limit is zero.
    pub fn limits(&self) -> Result<Limits, ConfigError> {
        self.validate()?;
        let Self { connect_timeout, timeout, body_limit, .. } = *self;
        Ok(Limits { connect_timeout, timeout, body_limit })
    }

    /// The value of the `authorization` header, marked sensitive, where there is an API key.
    pub fn authorization(&self) -> Option<HeaderValue> {
        self.api_key.clone().map(ApiKey::into_header)
    }

    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let name = |setting: &str| match self.prefix.as_str() {
            "" => setting.to_lowercase().replace('_', " "),
            prefix => format!("{prefix}_{setting}"),
        };
        let wrong = |setting, problem: &str| Err(ConfigError::new(name(setting), problem));
        for (setting, time) in
            [("CONNECT_TIMEOUT_MS", self.connect_timeout), ("TIMEOUT_MS", self.timeout)]
        {
            if time.is_zero() || time > LONGEST {
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
