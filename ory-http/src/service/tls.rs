//! TLS, with the implementation that the features of the crate select.

#[cfg(all(feature = "ring", not(feature = "native-tls")))]
mod ring;

use super::{ClientCertificate, Protocol, RootCertificates};
use crate::setting::ConfigError;
use reqwest::ClientBuilder;

/// The TLS settings of a connection.
#[allow(dead_code, reason = "no implementation reads all of it")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Tls<'a> {
    /// The certificate authorities, or `None` if neither the server nor a proxy uses TLS. The
    /// certificates of the platform are not read then, because a minimal container can have none.
    pub authorities: Option<&'a RootCertificates>,
    pub client_certificate: Option<&'a ClientCertificate>,
    pub protocol: Protocol,
}

/// Sets up TLS. The implementation is always explicit, because the default of reqwest depends on the
/// features that other crates enable.
pub(super) fn with_tls(http: ClientBuilder, tls: Tls<'_>) -> Result<ClientBuilder, ConfigError> {
    // The README documents the precedence of the features.
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

/// Rejects a setting that requires TLS if no implementation is enabled.
pub(super) fn require_tls(setting: &str) -> Result<(), ConfigError> {
    match cfg!(any(feature = "rustls", feature = "ring", feature = "native-tls")) {
        true => Ok(()),
        false => Err(ConfigError::new(
            setting,
            "requires TLS; enable the feature rustls, ring or native-tls",
        )),
    }
}

#[cfg(any(feature = "native-tls", all(feature = "rustls", not(feature = "ring"))))]
fn by_reqwest(http: ClientBuilder, tls: Tls<'_>) -> Result<ClientBuilder, ConfigError> {
    let certificates = |pem: &[u8]| {
        reqwest::Certificate::from_pem_bundle(pem)
            .map_err(|error| ConfigError::from_reqwest("TLS", error))
    };
    let http = match tls.authorities {
        None => http.tls_certs_only([]),
        Some(RootCertificates::Platform) => http,
        Some(RootCertificates::PlatformAnd(pem)) => http.tls_certs_merge(certificates(pem)?),
        Some(RootCertificates::Only(pem)) => http.tls_certs_only(certificates(pem)?),
    };
    Ok(match tls.client_certificate {
        Some(certificate) => http.identity(
            identity(certificate.pem()).map_err(|error| ConfigError::from_reqwest("TLS", error))?,
        ),
        None => http,
    })
}

#[cfg(feature = "native-tls")]
fn identity(pem: &[u8]) -> reqwest::Result<reqwest::Identity> {
    // native-tls takes the key separately. Keys that are not PKCS #8 were rejected before.
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
