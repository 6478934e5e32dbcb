//! What the clients do without a feature for TLS: `--no-default-features`.

#![cfg(not(any(feature = "rustls", feature = "ring", feature = "native-tls")))]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use keto_client::{HttpConfig, KetoClient};

#[test]
fn https_is_refused_when_a_client_is_built() {
    KetoClient::builder().read_url("http://keto.example.test").build().unwrap();
    let error = KetoClient::builder().read_url("https://keto.example.test").build().unwrap_err();
    let expected = "https needs TLS: turn on the feature rustls, ring or native-tls";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn certificate_authorities_are_refused() {
    let error = HttpConfig::default().root_certificates(b"").unwrap_err();
    let expected = "root certificates needs TLS: turn on the feature rustls, ring or native-tls";
    assert_eq!(error.to_string(), expected);
}
