//! The certificate authorities that servers may be certified by.

use super::{Protocol, tls};
use crate::setting::ConfigError;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use std::{fmt, sync::Arc};

/// The certificate authorities that may certify an `https` server. Those that are not the platform's
/// are in PEM.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) enum RootCertificates {
    /// Those that the platform trusts.
    #[default]
    Platform,
    /// These and no others.
    Only(Arc<[u8]>),
}

impl RootCertificates {
    /// Reads certificates in PEM.
    pub(crate) fn from_pem(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        tls::require_tls(setting)?;
        let wrong = |problem: &str| ConfigError::new(setting, problem);
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        if certificates.map_err(|_| wrong("is not PEM"))?.is_empty() {
            return Err(wrong("contains no certificate"));
        }
        let roots = Self::Only(pem.into());
        // What is inside of a certificate is read when a client is built.
        let client = tls::with_tls(reqwest::Client::builder(), Some(&roots), Protocol::Http1);
        match client.map(reqwest::ClientBuilder::build) {
            Ok(Ok(_)) => Ok(roots),
            _ => Err(wrong("contains an invalid certificate")),
        }
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Platform => "Platform",
            Self::Only(_) => "Only(..)",
        })
    }
}
