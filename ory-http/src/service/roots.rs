//! The certificate authorities that servers may be certified by.

use super::{
    Protocol,
    tls::{Tls, require_tls, with_tls},
};
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
    /// Those that the platform trusts, and these.
    PlatformAnd(Arc<[u8]>),
    /// These and no others.
    Only(Arc<[u8]>),
}

impl RootCertificates {
    /// These and no others.
    pub(crate) fn only(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        validate(setting, pem)?;
        Ok(Self::Only(pem.into()))
    }

    /// These as well.
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
    // What is inside of a certificate is read when a client is built.
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
