use native_tls::{Identity, TlsAcceptor};

#[tokio::main]
async fn main() {
    let certified = loopback::certificate();
    let certificate = certified.cert.pem();
    let key = certified.signing_key.serialize_pem();
    let identity = Identity::from_pkcs8(certificate.as_bytes(), key.as_bytes()).unwrap();
    let acceptor = TlsAcceptor::new(identity).unwrap();
    let address =
        loopback::serve(move |stream| acceptor.accept(stream).map_err(std::io::Error::other));
    let url = format!("https://localhost:{}", address.port());

    let trusted = reqwest::Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    let response = client.get(&url).send().await.unwrap();
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body.to_string(), loopback::ALLOWED);
    // The platform does not know that certificate.
    reqwest::Client::new().get(&url).send().await.unwrap_err();

    #[cfg(feature = "ours")]
    loopback::ask_by_our_clients(&url, Some(&certificate)).await;
}
