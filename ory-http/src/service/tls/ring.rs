//! rustls with the crypto provider of the process, or with ring where the process has none.
//!
//! reqwest has no feature for ring. It takes a whole configuration of rustls, of the version that
//! reqwest itself depends on.

use super::super::{Protocol, RootCertificates};
use crate::setting::ConfigError;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt;
use std::{fmt::Display, sync::Arc};

pub(super) fn client_config(
    authorities: Option<&RootCertificates>,
    protocol: Protocol,
) -> Result<ClientConfig, ConfigError> {
    let installed = CryptoProvider::get_default().cloned();
    let provider = installed.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let config = ClientConfig::builder_with_provider(provider);
    let config = config.with_safe_default_protocol_versions().map_err(wrong)?;
    let config = match authorities {
        None => config.with_root_certificates(RootCertStore::empty()),
        Some(RootCertificates::Platform) => config.with_platform_verifier().map_err(wrong)?,
        Some(RootCertificates::Only(pem)) => config.with_root_certificates(store(pem)?),
    };
    let mut config = config.with_no_client_auth();
    let protocols: &[&[u8]] = match protocol {
        #[cfg(feature = "http2")]
        Protocol::Negotiated => &[b"h2", b"http/1.1"],
        #[cfg(feature = "http2")]
        Protocol::Http2 => &[b"h2"],
        _ => &[b"http/1.1"],
    };
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

fn store(pem: &[u8]) -> Result<RootCertStore, ConfigError> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        store.add(certificate.map_err(wrong)?).map_err(wrong)?;
    }
    Ok(store)
}

fn wrong(error: impl Display) -> ConfigError {
    ConfigError::new("TLS", format!("can't be set up: {error}"))
}
