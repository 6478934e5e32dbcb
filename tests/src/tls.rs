//! TLS servers on loopback, sound and unsound.

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
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
    /// Never answers the handshake.
    Silent,
    /// Speaks HTTP/2 and goes away at once.
    GoAway,
}

/// A TLS server until it is dropped.
pub struct TlsServer {
    /// Where it is.
    pub url: Url,
    /// Its certificate, in PEM. No platform trusts it.
    pub certificate: String,
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
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        config.alpn_protocols = match behaviour {
            Behaviour::GoAway => vec![b"h2".to_vec()],
            _ => vec![b"http/1.1".to_vec()],
        };
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    if behaviour == Behaviour::Silent {
                        tokio::time::sleep(Duration::from_mins(1)).await;
                        drop(stream);
                        return;
                    }
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request).await;
                    let _ = stream.write_all(&answer(behaviour)).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { url: Url::parse(&url).unwrap(), certificate: cert.pem(), task }
    }
}

fn answer(behaviour: Behaviour) -> Vec<u8> {
    if behaviour == Behaviour::GoAway {
        let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        let go_away = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        return [&settings[..], &go_away[..]].concat();
    }
    let body = crate::fault::ALLOW;
    let head =
        "HTTP/1.1 200 X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ";
    format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes()
}
