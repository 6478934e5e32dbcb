//! Client certificates for mutual TLS.

use super::{
    Protocol,
    tls::{Tls, require_tls, with_tls},
};
use crate::setting::ConfigError;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fmt, sync::Arc};

/// A client certificate with its private key, in PEM.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientCertificate(Arc<[u8]>);

impl ClientCertificate {
    /// Validates a certificate and its private key.
    pub(crate) fn from_pem(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        require_tls(setting)?;
        let wrong = |problem: &str| ConfigError::new(setting, problem);
        let has_key = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(_)) => true,
            Ok(_) if cfg!(feature = "native-tls") => {
                return Err(wrong("must contain its private key as PKCS #8 (BEGIN PRIVATE KEY)"));
            }
            key => key.is_ok(),
        };
        if !has_key || CertificateDer::from_pem_slice(pem).is_err() {
            return Err(wrong(
                "must contain a certificate and its private key in PEM, without a passphrase",
            ));
        }
        let certificate = Self(pem.into());
        // Building a client validates their contents.
        let tls = Tls {
            authorities: None,
            client_certificate: Some(&certificate),
            protocol: Protocol::Http1,
        };
        let client = with_tls(reqwest::Client::builder(), tls);
        match client.map(reqwest::ClientBuilder::build) {
            Ok(Ok(_)) => Ok(certificate),
            _ => Err(wrong("contains a private key that does not match the certificate")),
        }
    }

    /// Returns the PEM.
    #[cfg(any(feature = "rustls", feature = "ring", feature = "native-tls"))]
    pub(super) fn pem(&self) -> &[u8] {
        &self.0
    }
}

/// Omits the private key.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(..)")
    }
}
