use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, ServerName},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

#[tokio::main]
async fn main() {
    let certified = loopback::certificate();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let server = ServerConfig::builder().with_no_client_auth();
    let server = Arc::new(server.with_single_cert(vec![certificate.clone()], key).unwrap());
    let address = loopback::serve(move |stream| {
        let connection = ServerConnection::new(server.clone());
        connection.map(|tls| StreamOwned::new(tls, stream)).map_err(std::io::Error::other)
    });

    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let tls = ClientConnection::new(Arc::new(client), name).unwrap();
    let mut stream = StreamOwned::new(tls, TcpStream::connect(address).unwrap());
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut response = vec![0; 1024];
    let length = stream.read(&mut response).unwrap();
    let response = String::from_utf8_lossy(&response[..length]);
    assert!(response.starts_with("HTTP/1.1 200 OK"), "{response}");

    #[cfg(feature = "ours")]
    {
        let url = format!("https://localhost:{}", address.port());
        loopback::ask_by_our_clients(&url, Some(&certified.cert.pem())).await;
    }
}
