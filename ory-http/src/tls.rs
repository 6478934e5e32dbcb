//! TLS by rustls, and certificates as the platform trusts them.

use crate::ConfigError;
use rustls::{ClientConfig, RootCertStore, client::danger::ServerCertVerifier, crypto::ring};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};
use std::sync::Arc;

/// The TLS side of a client. Where no server of the client speaks https, the platform's
/// certificates are not read (a small container may have none) and nothing is trusted.
pub(crate) fn client_config(https: bool) -> Result<ClientConfig, ConfigError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let builder = if https {
        builder.with_platform_verifier().map_err(wrong)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

/// What decides whether a server's certificate is trusted, for a transport that is not HTTP.
///
/// # Errors
/// If the platform's certificates can't be read.
pub fn platform_verifier() -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    Ok(Arc::new(Verifier::new(Arc::new(ring::default_provider())).map_err(wrong)?))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn wrong(error: rustls::Error) -> ConfigError {
    ConfigError::new("TLS", format!("can't be set up on this machine: {error}"))
}
