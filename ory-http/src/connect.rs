//! How connections are made.

use crate::{BaseUrl, ConfigError, HttpConfig, tls};
use rustls::ClientConfig;
use std::time::Duration;

/// How a client connects: all that its HTTP clients have in common but for their connections.
#[derive(Debug)]
pub(crate) struct Connect {
    tls: ClientConfig,
    timeout: Duration,
    /// A proxy from the environment can't reach this machine's own loopback.
    by_proxy: bool,
}

impl Connect {
    pub(crate) fn new(config: &HttpConfig, servers: &[&BaseUrl]) -> Result<Self, ConfigError> {
        let https = servers.iter().any(|server| server.is_https());
        Ok(Self {
            tls: tls::client_config(https, &config.roots)?,
            timeout: config.connect_timeout,
            by_proxy: !servers.iter().all(|server| server.is_loopback()),
        })
    }

    /// An HTTP client without connections so far.
    pub(crate) fn client(&self) -> Result<reqwest::Client, ConfigError> {
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .connect_timeout(self.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("ory-http-rust/", env!("CARGO_PKG_VERSION")));
        let http = if self.by_proxy { http } else { http.no_proxy() };
        http.build().map_err(|error| {
            ConfigError::new("HTTP", format!("can't be set up: {}", error.without_url()))
        })
    }
}
