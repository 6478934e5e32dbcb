//! Connections to servers, and the connectors that create them.

use super::{
    HttpService, client_certificate::ClientCertificate, reqwest::ReqwestConnector,
    roots::RootCertificates,
};
use crate::setting::ConfigError;
use std::{collections::HashMap, fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};
use url::Url;

/// The proxy of a client.
///
/// Servers on a loopback address or a Unix socket are always reached directly. HTTP proxies do not
/// forward HTTP/2 without TLS, such as gRPC: [`Proxy::System`] does not apply to it, and building a
/// client with [`Proxy::Url`] fails.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proxy {
    /// The proxy of the environment or the operating system for the URL of the server: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and the exceptions in `NO_PROXY`.
    #[default]
    System,
    /// No proxy.
    Direct,
    /// The proxy at this URL, for all servers; `NO_PROXY` is ignored. Servers with TLS are reached
    /// through `CONNECT`. A user name and password in the URL are sent to the proxy.
    Url(Url),
}

/// Omits the URL, which can contain a password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Direct => "Direct",
            Self::Url(_) => "Url(..)",
        })
    }
}

impl FromStr for Proxy {
    type Err = ConfigError;

    /// Parses `system`, `none` or the URL of a proxy.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text {
            "system" => Ok(Self::System),
            "none" => Ok(Self::Direct),
            _ => match Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Self::Url(url)),
                _ => Err(ConfigError::new("proxy", "must be system, none or an http or https URL")),
            },
        }
    }
}

/// The version of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 if the server negotiates it in TLS (ALPN), and HTTP/1.1 otherwise.
    Negotiated,
    /// HTTP/2 with prior knowledge, also without TLS: for gRPC and for
    /// [`HttpConfig::http2_prior_knowledge`](crate::HttpConfig::http2_prior_knowledge).
    Http2,
}

/// The parameters of the connections to a server. Endpoints of a client with equal parameters share an
/// HTTP service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// The proxy, after the exceptions of [`Proxy`].
    pub proxy: Proxy,
    /// The version of HTTP.
    pub protocol: Protocol,
    /// Whether the server is reached over TLS.
    pub tls: bool,
    /// The path of the Unix socket of the server, in place of host and port.
    pub unix_socket: Option<PathBuf>,
    /// The timeout for connecting.
    pub connect_timeout: Duration,
    /// The maximum size of a response body in bytes.
    pub body_limit: usize,
    pub(crate) roots: RootCertificates,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// Creates HTTP services. A client requests one for each distinct [`Connection`] when it is built, and
/// again by `with_own_connections`.
pub trait HttpConnector: fmt::Debug + Send + Sync {
    /// Creates a service with its own connections.
    ///
    /// # Errors
    /// Returns an error if a setting is not supported on this platform.
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn HttpService>, ConfigError>;
}

/// A connector that always returns the same service.
#[derive(Debug)]
pub(crate) struct FixedService(pub(crate) Arc<dyn HttpService>);

impl HttpConnector for FixedService {
    fn connect(&self, _: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The services of one client, by the parameters of their connections.
#[derive(Debug)]
pub struct Connections {
    connector: Arc<dyn HttpConnector>,
    services: HashMap<Connection, Arc<dyn HttpService>>,
}

impl Connections {
    /// Creates connections with a connector, or with reqwest.
    pub(crate) fn new(connector: Option<Arc<dyn HttpConnector>>) -> Self {
        let connector = connector.unwrap_or_else(|| Arc::new(ReqwestConnector));
        Self { connector, services: HashMap::new() }
    }

    /// Creates an empty set of connections with a connector.
    pub(crate) fn anew(connector: &Arc<dyn HttpConnector>) -> Self {
        Self { connector: connector.clone(), services: HashMap::new() }
    }

    pub(crate) fn connector(&self) -> &Arc<dyn HttpConnector> {
        &self.connector
    }

    pub(crate) fn service(
        &mut self,
        connection: &Connection,
    ) -> Result<Arc<dyn HttpService>, ConfigError> {
        if let Some(service) = self.services.get(connection) {
            return Ok(service.clone());
        }
        let service = self.connector.connect(connection)?;
        self.services.insert(connection.clone(), service.clone());
        Ok(service)
    }
}
