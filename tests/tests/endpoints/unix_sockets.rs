//! Servers on Unix sockets, over HTTP and gRPC.

use crate::{api_key, keto_operations};
use contract_tests::{
    fault::ALLOW,
    mock_server::{MockResponse, MockServer},
    tls::allow_by_http2,
    unix_socket::UnixSocket,
};
use keto_client::{
    ApiVersion, ErrorKind, HttpConfig, KetoClient, KetoGrpcClient, Permissions, Proxy,
};
use kratos_client::{Credential, KratosClient, SessionToken, Sessions, Whoami};
use tokio::net::TcpListener;

#[tokio::test]
async fn http_is_spoken_over_a_unix_socket() {
    let check = keto_operations::Values::default().check;
    let server = MockServer::start([MockResponse::new(200, ALLOW)]).await;
    let socket = UnixSocket::to(&server.url);
    let double_slash = socket.url.as_str().replace("unix:/", "unix:///");
    // No proxy is in the way, and the API key goes there.
    let proxy = Proxy::Url("http://127.0.0.1:1".parse().unwrap());
    let http = HttpConfig::default().api_key(api_key()).proxy(proxy);
    for url in [socket.url.as_str(), &double_slash] {
        let keto = KetoClient::builder().read_url(url).api_version(ApiVersion::Current);
        let keto = keto.http(http.clone()).build().unwrap();
        assert!(keto.check(&check).await.unwrap().is_allowed());
    }
    for request in server.requests() {
        let request = request.to_lowercase();
        assert!(request.starts_with("post /relation-tuples/check/openapi http/1.1"), "{request}");
        assert!(request.contains("host: localhost\r\n"), "{request}");
        assert!(request.contains("authorization: bearer planted-api-key"), "{request}");
    }
    assert_eq!(server.requests().len(), 2);

    let no_session = r#"{"error":{"code":401,"message":"No active session was found"}}"#;
    let server = MockServer::start([MockResponse::new(401, no_session)]).await;
    let socket = UnixSocket::to(&server.url);
    let kratos = KratosClient::builder().public_url(socket.url.as_str()).build().unwrap();
    let credential = Credential::from(SessionToken::new("token").unwrap());
    assert_eq!(kratos.whoami(&credential).await.unwrap(), Whoami::NoSession);
}

#[tokio::test]
async fn grpc_is_spoken_over_a_unix_socket() {
    let check = keto_operations::Values::default().check;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(allow_by_http2(stream));
        }
    });
    let socket = UnixSocket::to(&server);
    let keto = KetoGrpcClient::builder().read_url(socket.url.as_str());
    let keto = keto.http(HttpConfig::default().api_key(api_key())).build().unwrap();
    assert!(keto.check(&check).await.unwrap().is_allowed());
}

/// A socket that nobody listens on is a server that can't be reached.
#[tokio::test]
async fn a_socket_without_a_server_is_no_connection() {
    let check = keto_operations::Values::default().check;
    let http = KetoClient::builder().read_url("unix:/nowhere/planted.sock");
    let http = http.api_version(ApiVersion::Current).build().unwrap();
    let grpc = KetoGrpcClient::builder().read_url("unix:/nowhere/planted.sock").build().unwrap();
    for keto in [&http as &dyn Permissions, &grpc] {
        let error = keto.check(&check).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error:?}");
    }
}
