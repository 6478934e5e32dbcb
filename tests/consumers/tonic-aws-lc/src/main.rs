use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity, Server, ServerTlsConfig};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

#[tokio::main]
async fn main() {
    let certified = loopback::certificate();
    let certificate = certified.cert.pem();
    let identity = Identity::from_pem(&certificate, certified.signing_key.serialize_pem());
    let tls = ServerTlsConfig::new().identity(identity);
    let (_reporter, health) = tonic_health::server::health_reporter();
    let server = Server::builder().tls_config(tls).unwrap().add_service(health);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));

    let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&certificate));
    let channel = Channel::from_shared(url.clone()).unwrap().tls_config(tls).unwrap();
    let mut client = HealthClient::new(channel.connect().await.unwrap());
    client.check(HealthCheckRequest::default()).await.unwrap();

    #[cfg(feature = "ours")]
    {
        use keto_client::{HttpConfig, KetoGrpcClient, Metadata};
        let http = HttpConfig::default().root_certificates(certificate.as_bytes()).unwrap();
        let keto = KetoGrpcClient::builder().read_url(&url).http(http).build().unwrap();
        assert!(keto.is_alive().await.unwrap());
        loopback::ask_by_our_clients(&loopback::serve_http(), None).await;
    }
}
