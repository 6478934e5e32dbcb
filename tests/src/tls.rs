//! TLS servers on loopback, sound and unsound.

use http::{HeaderMap, HeaderValue, Response, header::CONTENT_TYPE};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{WebPkiClientVerifier, danger::ClientCertVerifier},
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;
use url::Url;

/// What a TLS server does once somebody connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Lets everybody in, by HTTP/1.1.
    Allow,
    /// Lets everybody in, by HTTP/2 or HTTP/1.1 as they agree, and over gRPC.
    Negotiate,
    /// Never answers the handshake.
    Silent,
    /// Speaks HTTP/2 and goes away at once.
    GoAway,
}

/// The names in the certificate of a server, beside its address.
const NAMES: [&str; 4] = ["localhost", "127.0.0.1", "kratos.example.test", "keto.example.test"];

/// A TLS server until it is dropped.
pub struct TlsServer {
    /// Where it is.
    pub url: Url,
    /// Its address.
    pub address: SocketAddr,
    /// Its certificate, in PEM. No platform trusts it.
    pub certificate: String,
    negotiated: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TlsServer {
    /// Starts it.
    pub async fn start(behaviour: Behaviour) -> Self {
        Self::start_with(behaviour, None).await
    }

    /// Starts one that lets in only clients with this certificate, or one that it certifies. It is in
    /// PEM.
    pub async fn start_with_client_authority(behaviour: Behaviour, authority: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        Self::start_with(behaviour, Some(verifier.build().unwrap())).await
    }

    async fn start_with(
        behaviour: Behaviour,
        clients: Option<Arc<dyn ClientCertVerifier>>,
    ) -> Self {
        let names = NAMES.map(str::to_owned).to_vec();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = match clients {
            Some(verifier) => config.with_client_cert_verifier(verifier),
            None => config.with_no_client_auth(),
        };
        let mut config = config.with_single_cert(vec![cert.der().clone()], key).unwrap();
        config.alpn_protocols = match behaviour {
            Behaviour::GoAway => vec![b"h2".to_vec()],
            Behaviour::Negotiate => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
            _ => vec![b"http/1.1".to_vec()],
        };
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("https://{address}")).unwrap();
        let negotiated = Arc::<Mutex<Vec<String>>>::default();
        let seen = negotiated.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, seen) = (acceptor.clone(), seen.clone());
                tokio::spawn(async move {
                    if behaviour == Behaviour::Silent {
                        tokio::time::sleep(Duration::from_mins(1)).await;
                        drop(stream);
                        return;
                    }
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let protocol = stream.get_ref().1.alpn_protocol().unwrap_or(b"none");
                    let protocol = String::from_utf8_lossy(protocol).into_owned();
                    seen.lock().unwrap().push(protocol.clone());
                    if behaviour == Behaviour::Negotiate && protocol == "h2" {
                        allow_by_http2(stream).await;
                        return;
                    }
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(&answer(behaviour)).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { url, address, certificate: cert.pem(), negotiated, task }
    }

    /// The protocol that each connection has agreed on (ALPN), or `none`.
    pub fn negotiated(&self) -> Vec<String> {
        self.negotiated.lock().unwrap().clone()
    }
}

/// What a server that lets everybody in says to a check.
const ALLOWED: &str = r#"{"allowed":true}"#;

/// As above, in a frame of gRPC.
const GRPC_ALLOWED: &[u8] = &[0, 0, 0, 0, 2, 8, 1];

/// Serves an HTTP/2 connection, from its first byte, and lets everybody in: to a request of gRPC
/// over gRPC, to any other by JSON.
pub async fn allow_by_http2(stream: impl AsyncRead + AsyncWrite + Unpin) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let kind = request.headers().get(CONTENT_TYPE).cloned();
        let is_grpc = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
        let kind = if is_grpc { "application/grpc" } else { "application/json" };
        let response = Response::builder().header(CONTENT_TYPE, kind).body(()).unwrap();
        let Ok(mut out) = respond.send_response(response, false) else { return };
        let body = if is_grpc { GRPC_ALLOWED } else { ALLOWED.as_bytes() };
        let _ = out.send_data(body.into(), !is_grpc);
        if is_grpc {
            let status = ("grpc-status".parse().unwrap(), HeaderValue::from_static("0"));
            let _ = out.send_trailers(HeaderMap::from_iter([status]));
        }
    }
}

fn answer(behaviour: Behaviour) -> Vec<u8> {
    if behaviour == Behaviour::GoAway {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        return [&settings[..], &go_away[..]].concat();
    }
    let head =
        "HTTP/1.1 200 X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ";
    format!("{head}{}\r\n\r\n{ALLOWED}", ALLOWED.len()).into_bytes()
}
