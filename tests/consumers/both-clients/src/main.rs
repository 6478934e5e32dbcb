//! kratos-client brings aws-lc-rs here and keto-client ring. rustls then chooses no provider by
//! itself, so that the program names one.

use rustls::{
    ServerConfig, ServerConnection, StreamOwned, crypto::aws_lc_rs, pki_types::PrivateKeyDer,
};
use std::sync::Arc;

#[tokio::main]
async fn main() {
    let certified = loopback::certificate();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(provider);
    let server = server.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let server = server.with_single_cert(vec![certified.cert.der().clone()], key).unwrap();
    let server = Arc::new(server);
    let address = loopback::serve(move |stream| {
        let connection = ServerConnection::new(server.clone());
        connection.map(|tls| StreamOwned::new(tls, stream)).map_err(std::io::Error::other)
    });
    let url = format!("https://localhost:{}", address.port());

    let certificate = certified.cert.pem();
    let trusted = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    let body: serde_json::Value = client.get(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(body.to_string(), loopback::ALLOWED);

    #[cfg(feature = "ours")]
    loopback::ask_by_our_clients(&url, Some(&certificate)).await;
}
