//! A server on loopback, and the questions of our clients to it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

pub use rcgen::{CertifiedKey, KeyPair};

/// What the server answers, as Keto does.
pub const ALLOWED: &str = r#"{"allowed":true}"#;

/// What Kratos answers to whoever has no session.
const NO_SESSION: &str = r#"{"error":{"code":401,"status":"Unauthorized","message":"no session"}}"#;

/// A new certificate for `localhost`, which it certifies itself, and its key.
pub fn certificate() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap()
}

/// Starts a server without TLS and returns its URL.
pub fn serve_http() -> String {
    format!("http://{}", serve(Ok))
}

/// Starts a server whose connections are first handed to `accept`, which adds TLS.
pub fn serve<S: Read + Write>(
    accept: impl Fn(TcpStream) -> std::io::Result<S> + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that refuses the certificate ends its own program, which says more.
            let _ = stream.and_then(&accept).and_then(answer);
        }
    });
    address
}

/// Answers one request by HTTP/1.1.
fn answer(mut stream: impl Read + Write) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes)? {
            0 => return Ok(()),
            length => request.extend_from_slice(&bytes[..length]),
        }
    }
    let (status, body) = match request.starts_with(b"GET /sessions/whoami ") {
        true => ("401 Unauthorized", NO_SESSION),
        false => ("200 OK", ALLOWED),
    };
    let length = body.len();
    let head = "content-type: application/json\r\nconnection: close\r\ncontent-length:";
    write!(stream, "HTTP/1.1 {status}\r\n{head} {length}\r\n\r\n{body}")?;
    stream.flush()
}

/// Asks a server by both of our clients. Its certificate, in PEM, is the only one that they trust.
#[cfg(feature = "ours")]
pub async fn ask_by_our_clients(url: &str, certificate: Option<&str>) {
    use keto_client::{ApiVersion, Check, HttpConfig, KetoClient, Permissions};
    use kratos_client::{Credential, KratosClient, SessionToken, Sessions, Whoami};

    let mut http = HttpConfig::default();
    if let Some(certificate) = certificate {
        http = http.root_certificates(certificate.as_bytes()).unwrap();
    }
    let keto = KetoClient::builder().read_url(url).api_version(ApiVersion::Current);
    let keto = keto.http(http.clone()).build().unwrap();
    let check: Check = "app:homepage#read@ann".parse().map(Check::new).unwrap();
    assert!(keto.check(&check).await.unwrap().is_allowed());

    let kratos = KratosClient::builder().public_url(url).http(http).build().unwrap();
    let credential = Credential::from(SessionToken::new("token").unwrap());
    let whoami = kratos.whoami(&credential).await.unwrap();
    assert!(matches!(whoami, Whoami::NoSession));
}
