//! The certificate by which a client authenticates itself to servers.

use super::{
    Protocol,
    tls::{Tls, require_tls, with_tls},
};
use crate::setting::ConfigError;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{fmt, sync::Arc};

/// A certificate with its private key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientCertificate(Arc<[u8]>);

impl ClientCertificate {
    /// Reads both in PEM.
    pub(crate) fn from_pem(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        require_tls(setting)?;
        let wrong = |problem: &str| ConfigError::new(setting, problem);
        let has_key = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(_)) => true,
            Ok(_) if cfg!(feature = "native-tls") => {
                return Err(wrong("must have its private key as PKCS #8 (BEGIN PRIVATE KEY)"));
            }
            key => key.is_ok(),
        };
        if !has_key || CertificateDer::from_pem_slice(pem).is_err() {
            return Err(wrong(
                "must have a certificate and its private key in PEM, the key without a passphrase",
            ));
        }
        let certificate = Self(pem.into());
        // What is inside of them is read when a client is built.
        let tls = Tls {
            authorities: None,
            client_certificate: Some(&certificate),
            protocol: Protocol::Http1,
        };
        let client = with_tls(reqwest::Client::builder(), tls);
        match client.map(reqwest::ClientBuilder::build) {
            Ok(Ok(_)) => Ok(certificate),
            _ => Err(wrong("has a private key that is not that of the certificate")),
        }
    }

    /// Both in PEM.
    #[cfg(any(feature = "rustls", feature = "ring", feature = "native-tls"))]
    pub(super) fn pem(&self) -> &[u8] {
        &self.0
    }
}

/// The private key is a secret.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(..)")
    }
}
