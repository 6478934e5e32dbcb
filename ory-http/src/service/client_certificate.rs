//! The certificate by which a client authenticates itself to servers.

use crate::setting::ConfigError;
use std::{fmt, sync::Arc};

/// A certificate with its private key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientCertificate(Arc<[u8]>);

impl ClientCertificate {
    /// Reads both in PEM.
    pub(crate) fn from_pem(setting: &str, pem: &[u8]) -> Result<Self, ConfigError> {
        let wrong = |problem: &str| ConfigError::new(setting, problem);
        let certificate = Self(pem.into());
        let identity = certificate.identity().map_err(|_| {
            wrong(
                "must have a certificate and its private key in PEM, the key without a passphrase",
            )
        })?;
        // What is inside of them is read when a client is built.
        let client = reqwest::Client::builder().tls_certs_only([]).identity(identity);
        client
            .build()
            .map_err(|_| wrong("has a private key that is not that of the certificate"))?;
        Ok(certificate)
    }

    /// As reqwest wants it.
    pub(super) fn identity(&self) -> reqwest::Result<reqwest::Identity> {
        reqwest::Identity::from_pem(&self.0)
    }
}

/// The private key is a secret.
impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(..)")
    }
}
