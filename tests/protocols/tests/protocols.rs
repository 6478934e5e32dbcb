//! Which version of HTTP a server sees, with and without the clients' features `http2` and `grpc`.

#![cfg(any(feature = "rustls", feature = "ring", feature = "native-tls"))]
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, missing_docs, reason = "a test")]

#[path = "../../src/tls.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod tls;

use keto_client::{Check, HttpConfig, KetoClient, Permissions};
use kratos_client::{Credential, KratosClient, SessionToken, Sessions};
use tls::{Behaviour, TlsServer};
#[cfg(feature = "grpc")]
use tokio::net::TcpListener;

/// What the clients agree on with a server that offers both versions in TLS. gRPC brings HTTP/2 to
/// the client that it is a feature of, and to what that shares with the other one.
const NEGOTIATED: &str =
    if cfg!(any(feature = "http2", feature = "grpc")) { "h2" } else { "http/1.1" };

fn check() -> Check {
    "app:homepage#read@ann".parse().map(Check::new).unwrap()
}

fn trusting(server: &TlsServer) -> HttpConfig {
    HttpConfig::default().root_certificates(server.certificate.as_bytes()).unwrap()
}

#[tokio::test]
async fn keto_agrees_on_a_version_in_tls() {
    let server = TlsServer::start(Behaviour::Negotiate).await;
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(trusting(&server));
    let keto = keto.api_version(keto_client::ApiVersion::Current).build().unwrap();
    assert!(keto.check(&check()).await.unwrap().is_allowed());
    assert_eq!(server.negotiated(), [NEGOTIATED]);
}

/// A provider of cryptography is for the application to install: two libraries that did would clash.
#[tokio::test]
async fn no_provider_is_installed_for_the_process() {
    let server = TlsServer::start(Behaviour::Allow).await;
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(trusting(&server));
    let keto = keto.api_version(keto_client::ApiVersion::Current).build().unwrap();
    assert!(keto.check(&check()).await.unwrap().is_allowed());
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}

#[tokio::test]
async fn kratos_agrees_on_a_version_in_tls() {
    let server = TlsServer::start(Behaviour::Negotiate).await;
    let kratos = KratosClient::builder().public_url(server.url.as_str()).http(trusting(&server));
    let credential = Credential::from(SessionToken::new("token").unwrap());
    // The server answers in time, and what it says is no session.
    let error = kratos.build().unwrap().whoami(&credential).await.unwrap_err();
    assert_eq!(error.status(), Some(http::StatusCode::OK), "{error}");
    assert_eq!(server.negotiated(), [NEGOTIATED]);
}

/// A server that has HTTP/1.1 only is spoken to by that, whatever the features.
#[tokio::test]
async fn http_1_1_is_spoken_where_there_is_nothing_else() {
    let server = TlsServer::start(Behaviour::Allow).await;
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(trusting(&server));
    let keto = keto.api_version(keto_client::ApiVersion::Current).build().unwrap();
    assert!(keto.check(&check()).await.unwrap().is_allowed());
    // Without HTTP/2 there is nothing to agree on, and the client offers nothing or HTTP/1.1.
    let negotiated = server.negotiated();
    assert!(["http/1.1", "none"].contains(&negotiated[0].as_str()), "{negotiated:?}");
}

#[cfg(feature = "grpc")]
#[tokio::test]
async fn grpc_speaks_http_2_in_tls() {
    let server = TlsServer::start(Behaviour::Negotiate).await;
    let keto = keto_client::KetoGrpcClient::builder().read_url(server.url.as_str());
    let keto = keto.http(trusting(&server)).build().unwrap();
    assert!(keto.check(&check()).await.unwrap().is_allowed());
    assert_eq!(server.negotiated(), ["h2"]);
}

/// Without TLS there is nothing to agree on: gRPC speaks HTTP/2 from the first byte, which is all
/// that this server understands.
#[cfg(feature = "grpc")]
#[tokio::test]
async fn grpc_speaks_http_2_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut preface = [0; 14];
            while stream.peek(&mut preface).await.unwrap() < preface.len() {}
            // It goes on after a client that speaks something else.
            if &preface == b"PRI * HTTP/2.0" {
                tokio::spawn(tls::allow_by_http2(stream));
            }
        }
    });
    let keto = keto_client::KetoGrpcClient::builder().read_url(&url).build().unwrap();
    assert!(keto.check(&check()).await.unwrap().is_allowed());

    // The other client speaks HTTP/1.1 there, which this server does not understand, unless it is
    // told that the server speaks HTTP/2.
    let keto = KetoClient::builder().read_url(&url).api_version(keto_client::ApiVersion::Current);
    keto.clone().build().unwrap().check(&check()).await.unwrap_err();
    let vars = |name: &str| (name == "KETO_HTTP2_PRIOR_KNOWLEDGE").then(|| "true".to_owned());
    for http in [
        HttpConfig::default().http2_prior_knowledge(true),
        HttpConfig::from_vars("KETO", &vars).unwrap(),
    ] {
        let keto = keto.clone().http(http).build().unwrap();
        assert!(keto.check(&check()).await.unwrap().is_allowed());
    }
}

/// Without TLS, HTTP/2 needs the feature; in TLS the version is agreed on all the same.
#[cfg(not(any(feature = "http2", feature = "grpc")))]
#[test]
fn http_2_without_tls_needs_the_feature() {
    let http = HttpConfig::default().http2_prior_knowledge(true);
    let keto = |url: &str| KetoClient::builder().read_url(url).http(http.clone()).build();
    keto("https://x.test").unwrap();
    let error = keto("http://127.0.0.1:1").unwrap_err();
    assert_eq!(error.to_string(), "HTTP/2 needs the feature http2 of the client");
}
