//! The HTTP service over reqwest.

use super::{
    Connection, HttpConnector, HttpService, HttpServiceError, HttpServiceErrorKind, Protocol,
    Proxy, Trailers,
    tls::{Tls, with_tls},
};
use crate::setting::ConfigError;
use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response, Uri};
use http_body::Body as _;
use http_body_util::BodyExt;
use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};
use url::Url;

/// The default connector, which creates reqwest clients. A custom connector can wrap it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReqwestConnector;

impl HttpConnector for ReqwestConnector {
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
        let http = reqwest::Client::builder()
            .connect_timeout(connection.connect_timeout)
            .tcp_keepalive(Duration::from_secs(15))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false);
        let http = with_proxy(http, &connection.proxy)?;
        let http = with_protocol(http, connection.protocol)?;
        let has_tls = connection.tls || is_https_proxy(&connection.proxy);
        let tls = Tls {
            authorities: has_tls.then_some(&connection.roots),
            client_certificate: connection.client_certificate.as_ref().filter(|_| connection.tls),
            protocol: connection.protocol,
        };
        let http = with_tls(http, tls)?;
        let http = with_socket(http, connection)?;
        let http = http.build().map_err(|error| ConfigError::from_reqwest("HTTP", error))?;
        let parsed = std::array::from_fn(|_| OnceLock::new());
        Ok(Arc::new(ReqwestService { http, body_limit: connection.body_limit, parsed }))
    }
}

fn with_proxy(
    http: reqwest::ClientBuilder,
    proxy: &Proxy,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    match proxy {
        Proxy::System => Ok(http),
        Proxy::Direct => Ok(http.no_proxy()),
        Proxy::Url(url) => {
            let proxy = reqwest::Proxy::all(url.clone())
                .map_err(|error| ConfigError::from_reqwest("proxy", error))?;
            Ok(http.no_proxy().proxy(proxy))
        }
    }
}

/// Sets the version of HTTP, independently of the features of reqwest that other crates enable.
#[cfg_attr(feature = "http2", expect(clippy::unnecessary_wraps, reason = "fails without it"))]
fn with_protocol(
    http: reqwest::ClientBuilder,
    protocol: Protocol,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    match protocol {
        #[cfg(feature = "http2")]
        Protocol::Negotiated => Ok(keep_alive(http)),
        #[cfg(feature = "http2")]
        Protocol::Http2 => Ok(keep_alive(http.http2_prior_knowledge())),
        #[cfg(not(feature = "http2"))]
        Protocol::Http2 => Err(ConfigError::new("HTTP/2", "needs the feature http2 of the client")),
        _ => Ok(http.http1_only()),
    }
}

/// Enables keep-alive pings, to detect dead HTTP/2 connections, which many calls can share.
#[cfg(feature = "http2")]
fn keep_alive(http: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    http.http2_keep_alive_interval(Duration::from_secs(20))
        .http2_keep_alive_timeout(Duration::from_secs(10))
}

/// Whether a server without TLS can be reached through a proxy with TLS.
fn is_https_proxy(proxy: &Proxy) -> bool {
    match proxy {
        Proxy::Direct => false,
        Proxy::Url(url) => url.scheme() == "https",
        Proxy::System => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
            .iter()
            .any(|name| std::env::var(name).is_ok_and(|url| url.starts_with("https:"))),
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "fails on other platforms")]
fn with_socket(
    http: reqwest::ClientBuilder,
    connection: &Connection,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    Ok(match &connection.unix_socket {
        Some(path) => http.unix_socket(path.clone()),
        None => http,
    })
}

#[cfg(not(unix))]
fn with_socket(
    http: reqwest::ClientBuilder,
    connection: &Connection,
) -> Result<reqwest::ClientBuilder, ConfigError> {
    match connection.unix_socket {
        Some(_) => Err(ConfigError::new("URL", "names a Unix socket, which this platform lacks")),
        None => Ok(http),
    }
}

struct ReqwestService {
    http: reqwest::Client,
    body_limit: usize,
    /// The parsed forms of the first URLs without a query, so that those of frequent calls are parsed
    /// only once.
    parsed: [OnceLock<(Uri, Url)>; 4],
}

impl fmt::Debug for ReqwestService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestService").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpService for ReqwestService {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let (parts, body) = request.into_parts();
        let mut request = reqwest::Request::new(parts.method, self.url(parts.uri)?);
        *request.headers_mut() = parts.headers;
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        }
        let response = self.http.execute(request).await.map_err(failed)?;
        self.read(response.into()).await
    }
}

impl ReqwestService {
    fn url(&self, uri: Uri) -> Result<Url, HttpServiceError> {
        for place in &self.parsed {
            match place.get() {
                Some((known, url)) if is_equal(known, &uri) => return Ok(url.clone()),
                Some(_) => {}
                None => {
                    let url = parse(&uri)?;
                    if uri.query().is_none() {
                        // Another thread may have set it.
                        let _ = place.set((uri, url.clone()));
                    }
                    return Ok(url);
                }
            }
        }
        parse(&uri)
    }

    async fn read(
        &self,
        response: Response<reqwest::Body>,
    ) -> Result<Response<Bytes>, HttpServiceError> {
        let (mut parts, mut body) = response.into_parts();
        let announced = body.size_hint().lower();
        if announced > self.body_limit as u64 {
            return Err(too_large());
        }
        // Most bodies are a single chunk, which is not copied.
        let mut first = Bytes::new();
        let mut more = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let frame = match frame.map_err(failed)?.into_data() {
                Ok(data) => data,
                Err(frame) => {
                    if let Ok(trailers) = frame.into_trailers() {
                        parts.extensions.insert(Trailers(trailers));
                    }
                    continue;
                }
            };
            if first.len() + more.len() + frame.len() > self.body_limit {
                return Err(too_large());
            }
            if first.is_empty() && more.is_empty() {
                first = frame;
                continue;
            }
            if more.is_empty() {
                more.extend_from_slice(&std::mem::take(&mut first));
            }
            more.extend_from_slice(&frame);
        }
        let body = if more.is_empty() { first } else { more.freeze() };
        Ok(Response::from_parts(parts, body))
    }
}

/// Compares a URI without a query with another. Those of prepared requests are clones, which share their
/// text, so that it is not read.
fn is_equal(known: &Uri, uri: &Uri) -> bool {
    let text = |uri: &Uri| {
        let authority =
            uri.authority().map(|authority| authority.as_str().as_bytes().as_ptr_range());
        (authority, uri.path().as_bytes().as_ptr_range())
    };
    uri.query().is_none()
        && known.scheme() == uri.scheme()
        && (text(known) == text(uri) || known == uri)
}

fn parse(uri: &Uri) -> Result<Url, HttpServiceError> {
    let url = Url::parse(&uri.to_string());
    url.map_err(|error| HttpServiceError::new(HttpServiceErrorKind::Connect, error))
}

fn too_large() -> HttpServiceError {
    HttpServiceError::new(HttpServiceErrorKind::BodyTooLarge, "the body limit was reached")
}

fn failed(error: reqwest::Error) -> HttpServiceError {
    let kind = if error.is_connect() {
        HttpServiceErrorKind::Connect
    } else if error.is_timeout() {
        HttpServiceErrorKind::Timeout
    } else {
        HttpServiceErrorKind::Interrupted
    };
    // A URL can contain a subject or a token.
    HttpServiceError::new(kind, error.without_url())
}
