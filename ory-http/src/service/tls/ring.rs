//! rustls with the crypto provider of the process, or with ring where the process has none.
//!
//! reqwest has no feature for ring. It takes a whole configuration of rustls, of the version that
//! reqwest itself depends on.

use super::{
    super::{Protocol, RootCertificates},
    Tls,
};
use crate::setting::ConfigError;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{Error as PemError, PemObject},
    },
};
use rustls_platform_verifier::Verifier;
use std::{fmt::Display, sync::Arc};

pub(super) fn client_config(tls: Tls<'_>) -> Result<ClientConfig, ConfigError> {
    let installed = CryptoProvider::get_default().cloned();
    let provider = installed.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let config = ClientConfig::builder_with_provider(provider.clone());
    let config = config.with_safe_default_protocol_versions().map_err(wrong)?;
    let platform_and = |pem| {
        let verifier = Verifier::new_with_extra_roots(certificates(pem)?, provider);
        verifier.map(Arc::new).map_err(wrong)
    };
    let config = match tls.authorities {
        None => config.with_root_certificates(RootCertStore::empty()),
        Some(RootCertificates::Platform) => {
            config.dangerous().with_custom_certificate_verifier(platform_and(&[])?)
        }
        Some(RootCertificates::PlatformAnd(pem)) => {
            config.dangerous().with_custom_certificate_verifier(platform_and(pem)?)
        }
        Some(RootCertificates::Only(pem)) => config.with_root_certificates(store(pem)?),
    };
    let mut config = match tls.client_certificate {
        Some(certificate) => {
            let key = PrivateKeyDer::from_pem_slice(certificate.pem()).map_err(wrong)?;
            let chain = certificates(certificate.pem())?;
            config.with_client_auth_cert(chain, key).map_err(wrong)?
        }
        None => config.with_no_client_auth(),
    };
    let protocols: &[&[u8]] = match tls.protocol {
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
    for certificate in certificates(pem)? {
        store.add(certificate).map_err(wrong)?;
    }
    Ok(store)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let certificates: Result<_, PemError> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.map_err(wrong)
}

fn wrong(error: impl Display) -> ConfigError {
    ConfigError::new("TLS", format!("can't be set up: {error}"))
}
