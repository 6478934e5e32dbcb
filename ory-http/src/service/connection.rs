//! How a server is connected to, and who makes the connections.

use super::{
    HttpService, client_certificate::ClientCertificate, reqwest::ReqwestConnector,
    roots::RootCertificates,
};
use crate::setting::ConfigError;
use std::{collections::HashMap, fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};
use url::Url;

/// Which proxy a client uses.
///
/// A server on a loopback address or a Unix socket is always reached without one. HTTP/2 without TLS,
/// such as gRPC, is forwarded by no HTTP proxy: [`Proxy::System`] does not apply to it, and a client
/// with [`Proxy::Url`] is not built.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proxy {
    /// The one that the environment or the operating system names for the server's URL:
    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and the exceptions in `NO_PROXY`.
    #[default]
    System,
    /// None.
    Direct,
    /// This one, for every server; `NO_PROXY` is not looked at. Servers with TLS are reached by
    /// `CONNECT`. A user name and password in the URL are sent to the proxy.
    Url(Url),
}

/// The URL can hold a password.
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
    type Err = ();

    /// Reads `system`, `none` or the URL of a proxy.
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "system" => Ok(Self::System),
            "none" => Ok(Self::Direct),
            _ => match Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Self::Url(url)),
                _ => Err(()),
            },
        }
    }
}

/// Which version of HTTP is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// HTTP/1.1 and nothing else.
    Http1,
    /// HTTP/2 where a server offers it in TLS (ALPN), HTTP/1.1 otherwise.
    Negotiated,
    /// HTTP/2 from the first byte, also without TLS: for gRPC, and where
    /// [`HttpConfig::http2_prior_knowledge`](crate::HttpConfig::http2_prior_knowledge) says so.
    Http2,
}

/// How a connector has to connect. Endpoints of a client that connect alike share an HTTP service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// Which proxy, with the exceptions of [`Proxy`] already made.
    pub proxy: Proxy,
    /// Which version of HTTP.
    pub protocol: Protocol,
    /// Whether the server is reached by TLS.
    pub tls: bool,
    /// The Unix socket of a server on this machine, in place of host and port.
    pub unix_socket: Option<PathBuf>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How many bytes the body of a response may have.
    pub body_limit: usize,
    pub(crate) roots: RootCertificates,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// Makes HTTP services. A client asks for one per kind of [`Connection`] when it is built, and again
/// when it is given connections of its own.
pub trait HttpConnector: fmt::Debug + Send + Sync {
    /// A service with connections of its own.
    ///
    /// # Errors
    /// If a setting can't be used on this machine.
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn HttpService>, ConfigError>;
}

/// A connector that always gives the same service.
#[derive(Debug)]
pub(crate) struct FixedService(pub(crate) Arc<dyn HttpService>);

impl HttpConnector for FixedService {
    fn connect(&self, _: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// The services of one client: one for each kind of connection that its endpoints need.
#[derive(Debug)]
pub struct Connections {
    connector: Arc<dyn HttpConnector>,
    services: HashMap<Connection, Arc<dyn HttpService>>,
}

impl Connections {
    /// Connections by this connector, or by reqwest.
    pub(crate) fn new(connector: Option<Arc<dyn HttpConnector>>) -> Self {
        let connector = connector.unwrap_or_else(|| Arc::new(ReqwestConnector));
        Self { connector, services: HashMap::new() }
    }

    /// Connections like these, of which none is made yet.
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
