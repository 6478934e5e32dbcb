//! Certificates in TLS with a server on loopback: of authorities and of the client.

use crate::proxies::{CertificateFile, check, run};
use contract_tests::tls::{Behaviour, TlsServer};
use keto_client::{
    ApiVersion, HttpConfig, KetoClient, KetoClientBuilder, KetoGrpcClient, Permissions,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::path::PathBuf;

/// A certificate of a client and its private key, in PEM.
fn client_certificate() -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["client.example.test".to_owned()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

/// A file until it is dropped.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new(contents: &str) -> Self {
        let path = std::env::temp_dir().join(format!("client-{}.pem", uuid::Uuid::new_v4()));
        std::fs::write(&path, contents).unwrap();
        Self(path)
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn http_client(server: &TlsServer, http: HttpConfig) -> KetoClient {
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(http);
    keto.api_version(ApiVersion::Current).build().unwrap()
}

#[tokio::test]
async fn the_client_authenticates_itself_by_its_certificate() {
    let (certificate, key) = client_certificate();
    let (_, stranger) = (client_certificate(), client_certificate());
    let server = TlsServer::start_with_client_authority(Behaviour::Negotiate, &certificate).await;
    let trusting =
        || HttpConfig::default().root_certificates(server.certificate.as_bytes()).unwrap();
    let with = |certificate: &str, key: &str| {
        // In any order.
        trusting().client_certificate(format!("{key}{certificate}").as_bytes()).unwrap()
    };
    let http = with(&certificate, &key);
    assert!(http_client(&server, http.clone()).check(&check()).await.unwrap().is_allowed());
    let grpc = KetoGrpcClient::builder().read_url(server.url.as_str());
    let grpc = grpc.http(http.clone()).build().unwrap();
    assert!(grpc.check(&check()).await.unwrap().is_allowed());
    let shown = format!("{http:?} {grpc:?}");
    assert!(!shown.contains("PRIVATE KEY"), "{shown}");

    for http in [trusting(), with(&stranger.0, &stranger.1)] {
        http_client(&server, http).check(&check()).await.unwrap_err();
    }
}

#[tokio::test]
async fn the_environment_names_the_clients_certificate() {
    let (certificate, key) = client_certificate();
    let server = TlsServer::start_with_client_authority(Behaviour::Negotiate, &certificate).await;
    let authority = CertificateFile::of(&server);
    let both = TemporaryFile::new(&format!("{certificate}{key}"));
    let (certificate, key) = (TemporaryFile::new(&certificate), TemporaryFile::new(&key));
    let (server, authority) = (&server, &authority);
    let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let vars = |certificate: Option<&TemporaryFile>, key: Option<&TemporaryFile>| {
        let (certificate, key) = (certificate.map(|f| path(&f.0)), key.map(|f| path(&f.0)));
        let vars = move |name: &str| match name {
            "KETO_API_READ_URL" => Some(server.url.to_string()),
            "KETO_API_VERSION" => Some("current".to_owned()),
            "KETO_CA_FILE" => Some(path(&authority.0)),
            "KETO_CLIENT_CERT_FILE" => certificate.clone(),
            "KETO_CLIENT_KEY_FILE" => key.clone(),
            _ => None,
        };
        KetoClientBuilder::from_vars(&vars).and_then(KetoClientBuilder::build)
    };
    for (certificate, key) in [(&both, None), (&certificate, Some(&key))] {
        let keto = vars(Some(certificate), key).unwrap();
        assert!(keto.check(&check()).await.unwrap().is_allowed());
    }
    let problem =
        |certificate: Option<&_>, key: Option<&_>| vars(certificate, key).unwrap_err().to_string();
    let incomplete = "KETO_CLIENT_CERT_FILE must have a certificate and its private key in PEM, the \
                      key without a passphrase";
    assert_eq!(problem(Some(&certificate), None), incomplete);
    let missing = "KETO_CLIENT_KEY_FILE is set, but not KETO_CLIENT_CERT_FILE";
    assert_eq!(problem(None, Some(&key)), missing);
    let other = TemporaryFile::new(&client_certificate().1);
    let wrong = "KETO_CLIENT_CERT_FILE has a private key that is not that of the certificate";
    assert_eq!(problem(Some(&certificate), Some(&other)), wrong);
    let nowhere = TemporaryFile("/nowhere/client.pem".into());
    let unreadable = problem(Some(&nowhere), None);
    assert!(unreadable.starts_with("KETO_CLIENT_CERT_FILE names a file that"), "{unreadable}");
}

/// The platform's authorities are those in the file that `SSL_CERT_FILE` names.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn authorities_are_added_to_the_platforms_or_take_their_place() {
    let (platform, own) =
        (TlsServer::start(Behaviour::Allow).await, TlsServer::start(Behaviour::Allow).await);
    let (platform_file, own_file) = (CertificateFile::of(&platform), CertificateFile::of(&own));
    let own_file = own_file.0.to_str().unwrap();
    for (variable, trusts_platform, trusts_own) in [
        ("KETO_EXTRA_CA_FILE", true, true),
        ("KETO_CA_FILE", false, true),
        ("KETO_NOTHING", true, false),
    ] {
        for (server, is_trusted) in [(&platform, trusts_platform), (&own, trusts_own)] {
            let said = run(&[
                ("SSL_CERT_FILE", platform_file.0.to_str().unwrap()),
                ("KETO_API_READ_URL", server.url.as_str()),
                (variable, own_file),
            ])
            .await;
            assert_eq!(said.contains("check: ok"), is_trusted, "{variable}: {said}");
            assert_eq!(said.contains("check: Error"), !is_trusted, "{variable}: {said}");
        }
    }
}

#[tokio::test]
async fn added_authorities_stand_beside_those_that_were_given() {
    let [first, second] =
        [TlsServer::start(Behaviour::Allow).await, TlsServer::start(Behaviour::Allow).await];
    let http = HttpConfig::default().root_certificates(first.certificate.as_bytes()).unwrap();
    let http = http.add_root_certificates(second.certificate.as_bytes()).unwrap();
    for server in [&first, &second] {
        assert!(http_client(server, http.clone()).check(&check()).await.unwrap().is_allowed());
    }
    let error = http.add_root_certificates(b"none").unwrap_err();
    assert_eq!(error.to_string(), "added root certificates contains no certificate");
}
