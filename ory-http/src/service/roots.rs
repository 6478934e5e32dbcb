//! The certificate authorities that servers may be certified by.

use crate::setting::ConfigError;
use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// The certificate authorities that may certify an `https` server.
#[derive(Clone, Default)]
pub(crate) enum RootCertificates {
    /// Those that the platform trusts.
    #[default]
    Platform,
    /// These and no others.
    Only(Arc<[reqwest::Certificate]>, Arc<[u8]>),
}

impl RootCertificates {
    /// Reads certificates in PEM.
    pub(crate) fn from_pem(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        let wrong = |problem: &str| ConfigError::new(setting, problem);
        let certificates = reqwest::Certificate::from_pem_bundle(pem);
        let certificates = certificates.map_err(|_| wrong("is not PEM"))?;
        if certificates.is_empty() {
            return Err(wrong("contains no certificate"));
        }
        // What is inside of a certificate is read when a client is built.
        let client = reqwest::Client::builder().tls_certs_only(certificates.iter().cloned());
        client.build().map_err(|_| wrong("contains an invalid certificate"))?;
        Ok(Self::Only(certificates.into(), pem.into()))
    }

    /// The certificates, if not the platform's.
    pub(crate) fn certificates(&self) -> Option<Vec<reqwest::Certificate>> {
        match self {
            Self::Platform => None,
            Self::Only(certificates, _) => Some(certificates.to_vec()),
        }
    }

    fn pem(&self) -> Option<&[u8]> {
        match self {
            Self::Platform => None,
            Self::Only(_, pem) => Some(pem),
        }
    }
}

impl PartialEq for RootCertificates {
    fn eq(&self, other: &Self) -> bool {
        self.pem() == other.pem()
    }
}

impl Eq for RootCertificates {}

impl Hash for RootCertificates {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pem().hash(state);
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.pem().is_some() { "Only(..)" } else { "Platform" })
    }
}
