//! TLS by rustls, and certificates as the platform trusts them.

use crate::ConfigError;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt;
use std::sync::Arc;

/// The TLS side of a client. Where no server of the client speaks https, the platform's
/// certificates are not read (a small container may have none) and nothing is trusted.
pub(crate) fn client_config(https: bool) -> Result<ClientConfig, ConfigError> {
    let wrong = |error: rustls::Error| {
        ConfigError::new("TLS", format!("can't be set up on this machine: {error}"))
    };
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
