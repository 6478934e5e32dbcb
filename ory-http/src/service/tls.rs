//! TLS, by the implementation that the crate's features name.

#[cfg(all(feature = "ring", not(feature = "native-tls")))]
mod ring;

#[cfg(any(feature = "native-tls", all(feature = "rustls", not(feature = "ring"))))]
use super::reqwest::wrong;
use super::{ClientCertificate, Protocol, RootCertificates};
use crate::setting::ConfigError;
use reqwest::ClientBuilder;

/// How TLS is spoken.
#[allow(dead_code, reason = "no implementation reads all of it")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Tls<'a> {
    /// Who may certify a server: nobody where TLS is not spoken at all, so that the platform's
    /// certificates are not read. A small container may have none.
    pub authorities: Option<&'a RootCertificates>,
    pub client_certificate: Option<&'a ClientCertificate>,
    pub protocol: Protocol,
}

/// Sets up TLS. reqwest is always told by which implementation, because its own choice depends on
/// the features that other crates turn on.
pub(super) fn with_tls(http: ClientBuilder, tls: Tls<'_>) -> Result<ClientBuilder, ConfigError> {
    // The README says which feature goes before which.
    cfg_select! {
        feature = "native-tls" => by_reqwest(http.tls_backend_native(), tls),
        feature = "ring" => Ok(http.tls_backend_preconfigured(ring::client_config(tls)?)),
        feature = "rustls" => by_reqwest(http.tls_backend_rustls(), tls),
        _ => match tls.authorities {
            Some(_) => require_tls("https").map(|()| http),
            None => Ok(http),
        },
    }
}

/// Refuses a setting that has no meaning without TLS, where no implementation is compiled in.
pub(super) fn require_tls(setting: &str) -> Result<(), ConfigError> {
    match cfg!(any(feature = "rustls", feature = "ring", feature = "native-tls")) {
        true => Ok(()),
        false => Err(ConfigError::new(
            setting,
            "needs TLS: turn on the feature rustls, ring or native-tls",
        )),
    }
}

#[cfg(any(feature = "native-tls", all(feature = "rustls", not(feature = "ring"))))]
fn by_reqwest(http: ClientBuilder, tls: Tls<'_>) -> Result<ClientBuilder, ConfigError> {
    let certificates = |pem: &[u8]| {
        reqwest::Certificate::from_pem_bundle(pem).map_err(|error| wrong("TLS", error))
    };
    let http = match tls.authorities {
        None => http.tls_certs_only([]),
        Some(RootCertificates::Platform) => http,
        Some(RootCertificates::PlatformAnd(pem)) => http.tls_certs_merge(certificates(pem)?),
        Some(RootCertificates::Only(pem)) => http.tls_certs_only(certificates(pem)?),
    };
    Ok(match tls.client_certificate {
        Some(certificate) => {
            http.identity(identity(certificate.pem()).map_err(|error| wrong("TLS", error))?)
        }
        None => http,
    })
}

#[cfg(feature = "native-tls")]
fn identity(pem: &[u8]) -> reqwest::Result<reqwest::Identity> {
    // The key has to come by itself. What is no key in PKCS #8 was refused before.
    let find = |text: &[u8]| pem.windows(text.len()).position(|part| part == text);
    let end = b"-----END PRIVATE KEY-----";
    let start = find(b"-----BEGIN PRIVATE KEY-----").unwrap_or(pem.len());
    let end = find(end).map_or(pem.len(), |at| at + end.len()).max(start);
    let certificates = [&pem[..start], &pem[end..]].concat();
    reqwest::Identity::from_pkcs8_pem(&certificates, &pem[start..end])
}

#[cfg(all(feature = "rustls", not(any(feature = "native-tls", feature = "ring"))))]
fn identity(pem: &[u8]) -> reqwest::Result<reqwest::Identity> {
    reqwest::Identity::from_pem(pem)
}
