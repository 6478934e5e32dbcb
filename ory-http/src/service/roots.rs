//! The certificate authorities of servers.

use super::{
    Protocol,
    tls::{Tls, require_tls, with_tls},
};
use crate::setting::ConfigError;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use std::{fmt, sync::Arc};

/// The certificate authorities of `https` servers, in PEM.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) enum RootCertificates {
    /// Those of the platform.
    #[default]
    Platform,
    /// Those of the platform, and additional ones.
    PlatformAnd(Arc<[u8]>),
    /// Only these.
    Only(Arc<[u8]>),
}

impl RootCertificates {
    /// Creates a set of only these authorities.
    pub(crate) fn only(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        validate(setting, pem)?;
        Ok(Self::Only(pem.into()))
    }

    /// Adds authorities.
    pub(crate) fn and(&self, setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        validate(setting, pem)?;
        Ok(match self {
            Self::Platform => Self::PlatformAnd(pem.into()),
            Self::PlatformAnd(before) => Self::PlatformAnd([before, pem].join(&b'\n').into()),
            Self::Only(before) => Self::Only([before, pem].join(&b'\n').into()),
        })
    }
}

fn validate(setting: &str, pem: &[u8]) -> Result<(), ConfigError> {
    require_tls(setting)?;
    let wrong = |problem: &str| ConfigError::new(setting, problem);
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    if certificates.map_err(|_| wrong("is not PEM"))?.is_empty() {
        return Err(wrong("contains no certificate"));
    }
    // Building a client validates the contents of the certificates.
    let only = RootCertificates::Only(pem.into());
    let protocol = Protocol::Http1;
    let tls = Tls { authorities: Some(&only), client_certificate: None, protocol };
    match with_tls(reqwest::Client::builder(), tls).map(reqwest::ClientBuilder::build) {
        Ok(Ok(_)) => Ok(()),
        _ => Err(wrong("contains an invalid certificate")),
    }
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Platform => "Platform",
            Self::PlatformAnd(_) => "PlatformAnd(..)",
            Self::Only(_) => "Only(..)",
        })
    }
}
