//! TLS by rustls, and certificates as the platform or a setting trusts them.

use crate::{ConfigError, HttpConfig};
use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};
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

impl HttpConfig {
    /// What decides whether a server's certificate is trusted, for a transport that is not HTTP.
    ///
    /// # Errors
    /// If the platform's certificates can't be read.
    pub fn certificate_verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
        let provider = Arc::new(ring::default_provider());
        Ok(match &self.roots {
            Roots::Platform => Arc::new(Verifier::new(provider).map_err(wrong)?),
            Roots::Only(roots) => {
                let verifier =
                    WebPkiServerVerifier::builder_with_provider(roots.clone(), provider).build();
                verifier.map_err(|error| wrong(rustls::Error::General(error.to_string())))?
            }
        })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn wrong(error: rustls::Error) -> ConfigError {
    ConfigError::new("TLS", format!("can't be set up on this machine: {error}"))
}
