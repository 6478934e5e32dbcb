//! TLS by rustls, and certificates as the platform or a setting trusts them.

use crate::ConfigError;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;

/// The certificate authorities that an `https` server may be certified by.
#[derive(Clone, Debug, Default)]
pub(crate) enum Roots {
    /// The platform's.
    #[default]
    Platform,
    /// These and no others.
    Only(Arc<RootCertStore>),
}

impl Roots {
    /// Reads certificates in PEM.
    pub(crate) fn from_pem(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        let wrong = |problem: String| ConfigError::new(setting, problem);
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| wrong(format!("is not PEM: {error}")))?;
            let added = roots.add(certificate);
            added.map_err(|error| wrong(format!("has a certificate that is none: {error}")))?;
        }
        if roots.is_empty() {
            return Err(wrong("has no certificate in it".into()));
        }
        Ok(Self::Only(Arc::new(roots)))
    }
}

/// The TLS side of a client. Where no server of the client speaks https, the platform's
/// certificates are not read (a small container may have none) and nothing is trusted.
pub(crate) fn client_config(https: bool, roots: &Roots) -> Result<ClientConfig, ConfigError> {
    let wrong = |error: rustls::Error| {
        ConfigError::new("TLS", format!("can't be set up on this machine: {error}"))
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let builder = match (roots, https) {
        (_, false) => builder.with_root_certificates(RootCertStore::empty()),
        (Roots::Only(roots), true) => builder.with_root_certificates(roots.clone()),
        (Roots::Platform, true) => builder.with_platform_verifier().map_err(wrong)?,
    };
    Ok(builder.with_no_client_auth())
}
