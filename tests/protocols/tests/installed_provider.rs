//! Whose cryptography the clients use where the application has installed a provider for rustls. A
//! test program of its own, because a process has one provider.

#![cfg(any(feature = "rustls", feature = "ring", feature = "native-tls"))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

#[path = "../../src/tls.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod tls;

use keto_client::{Check, HttpConfig, KetoClient, Permissions};
use rustls::crypto::{CryptoProvider, GetRandomFailed, SecureRandom, ring};
use std::sync::atomic::{AtomicUsize, Ordering};
use tls::{Behaviour, TlsServer};

static FILLED: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug)]
struct CountingRandom;

impl SecureRandom for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        FILLED.fetch_add(1, Ordering::Relaxed);
        ring::default_provider().secure_random.fill(bytes)
    }
}

#[tokio::test]
async fn the_installed_provider_is_used_by_rustls() {
    // The server has a provider of its own.
    let server = TlsServer::start(Behaviour::Allow).await;
    let provider = CryptoProvider { secure_random: &CountingRandom, ..ring::default_provider() };
    provider.install_default().unwrap();

    let http = HttpConfig::default().root_certificates(server.certificate.as_bytes()).unwrap();
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(http);
    let keto = keto.api_version(keto_client::ApiVersion::Current).build().unwrap();
    let check: Check = "app:homepage#read@ann".parse().map(Check::new).unwrap();
    assert!(keto.check(&check).await.unwrap().is_allowed());

    // With several features on, native-tls goes before rustls.
    let is_rustls = cfg!(not(feature = "native-tls"));
    assert_eq!(FILLED.load(Ordering::Relaxed) > 0, is_rustls);
}
