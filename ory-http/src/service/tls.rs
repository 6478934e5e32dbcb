//! TLS, by the implementation that the crate's features name.

#[cfg(all(feature = "ring", not(feature = "native-tls")))]
mod ring;

use super::{Protocol, RootCertificates};
use crate::setting::ConfigError;
use reqwest::ClientBuilder;

/// Says which implementation of TLS is used and whom it trusts: nobody without authorities, as for
/// a connection without TLS, so that the platform's certificates are not read.
///
/// reqwest is always told, because its own choice depends on the features that other crates turn
/// on.
#[allow(unused_variables, reason = "each implementation needs others")]
pub(super) fn with_tls(
    http: ClientBuilder,
    authorities: Option<&RootCertificates>,
    protocol: Protocol,
) -> Result<ClientBuilder, ConfigError> {
    // The README says which feature goes before which.
    cfg_select! {
        feature = "native-tls" => trust(http.tls_backend_native(), authorities),
        feature = "ring" => {
            let config = ring::client_config(authorities, protocol)?;
            Ok(http.tls_backend_preconfigured(config))
        }
        feature = "rustls" => trust(http.tls_backend_rustls(), authorities),
        _ => match authorities {
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
fn trust(
    http: ClientBuilder,
    authorities: Option<&RootCertificates>,
) -> Result<ClientBuilder, ConfigError> {
    let pem = match authorities {
        None => &[],
        Some(RootCertificates::Platform) => return Ok(http),
        Some(RootCertificates::Only(pem)) => &**pem,
    };
    let certificates = reqwest::Certificate::from_pem_bundle(pem);
    Ok(http.tls_certs_only(certificates.map_err(|error| super::reqwest::wrong("TLS", error))?))
}
