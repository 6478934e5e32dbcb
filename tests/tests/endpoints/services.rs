//! An HTTP service or connector of the application's own, in place of reqwest: every request goes
//! through it.

use crate::{
    Operation, fake_keto, fake_kratos, keto_operations,
    kratos_operations::{self, Values as KratosValues},
};
use async_trait::async_trait;
use bytes::Bytes;
use contract_tests::{
    in_memory::{InMemory, grpc, json},
    mock_server::{MockResponse, MockServer},
};
use http::{Request, Response};
use keto_client::{
    ApiVersion, ConfigError, Connection, ErrorKind, HttpConfig, HttpConnector, HttpService,
    HttpServiceError, HttpServiceErrorKind, KetoClient, KetoGrpcClient, Permissions, Protocol,
    Proxy, Relationships, ReqwestConnector,
};
use kratos_client::KratosClient;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

/// Makes services that are numbered, and records what for.
#[derive(Debug)]
struct Recorder {
    made: Mutex<Vec<Connection>>,
    calls: Mutex<Vec<(usize, String)>>,
    inner: Arc<InMemory>,
}

#[derive(Debug)]
struct Numbered {
    number: usize,
    recorder: Arc<Recorder>,
}

#[derive(Debug, Clone)]
struct Connector(Arc<Recorder>);

impl Connector {
    fn new(inner: Arc<InMemory>) -> Self {
        Self(Arc::new(Recorder { made: Mutex::default(), calls: Mutex::default(), inner }))
    }

    fn made(&self) -> Vec<Connection> {
        self.0.made.lock().unwrap().clone()
    }

    /// By which service each request went, and to where.
    fn take_calls(&self) -> Vec<(usize, String)> {
        std::mem::take(&mut self.0.calls.lock().unwrap())
    }

    fn config(&self) -> HttpConfig {
        HttpConfig::default().connector(Arc::new(self.clone()))
    }
}

impl HttpConnector for Connector {
    fn connect(&self, connection: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
        let mut made = self.0.made.lock().unwrap();
        made.push(connection.clone());
        Ok(Arc::new(Numbered { number: made.len(), recorder: self.0.clone() }))
    }
}

#[async_trait]
impl HttpService for Numbered {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let authority = request.uri().authority().unwrap().to_string();
        self.recorder.calls.lock().unwrap().push((self.number, authority));
        self.recorder.inner.call(request).await
    }
}

fn in_memory_keto() -> Arc<InMemory> {
    InMemory::new(|request| fake_keto::current(request, Some(10)))
}

/// No operation finds another way to the network: each of its requests is one of the service's.
#[tokio::test]
async fn every_request_goes_through_it() {
    let keto_values = keto_operations::Values::default();
    let connector = Connector::new(in_memory_keto());
    let keto = fake_keto::client(connector.config(), ApiVersion::Detect);
    for Operation { id, call, .. } in keto_operations::all(&keto, &keto_values) {
        call.await.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(!connector.take_calls().is_empty(), "{id}");
    }
    let connector = Connector::new(InMemory::new(|request| fake_keto::over_grpc(request, 10)));
    let keto = fake_keto::grpc_client(connector.config());
    for Operation { id, call, .. } in keto_operations::all(&keto, &keto_values) {
        call.await.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(connector.take_calls().len(), 1, "{id}");
    }
    let connector = Connector::new(InMemory::new(fake_kratos::current));
    let [_, values] = KratosValues::of_browser_and_app();
    let kratos = fake_kratos::client(connector.config(), kratos_client::ApiVersion::Detect);
    for Operation { id, call, .. } in kratos_operations::all(&kratos, &values) {
        let _ = call.await;
        assert!(!connector.take_calls().is_empty(), "{id}");
    }
}

/// One service for each way to connect, made when the client is; and again when the client is given
/// connections of its own.
#[tokio::test]
async fn a_connector_is_asked_once_for_each_way_to_connect() {
    let connector = Connector::new(in_memory_keto());
    let keto = fake_keto::client(connector.config(), ApiVersion::Current);
    assert_eq!(connector.made().len(), 1, "all its APIs are reached alike");
    let values = keto_operations::Values::default();
    assert!(!keto.check(&values.check).await.unwrap().is_allowed());
    let other = keto.with_own_connections().unwrap();
    assert_eq!(connector.made().len(), 2);
    other.create_relationship(&values.tuple).await.unwrap();
    assert!(!keto.clone().check(&values.check).await.unwrap().is_allowed());
    let calls = connector.take_calls();
    let expected = [(1, "127.0.0.1:1"), (2, "127.0.0.1:2"), (1, "127.0.0.1:1")];
    assert_eq!(calls, expected.map(|(service, to)| (service, to.to_owned())));

    let connector = Connector::new(InMemory::new(|_| Ok(grpc(b""))));
    let keto = fake_keto::grpc_client(connector.config());
    let other = keto.with_own_connections().unwrap();
    assert_eq!(connector.made().len(), 2);
    assert!(connector.made().iter().all(|made| made.protocol == Protocol::Http2));
    for keto in [&other, &keto] {
        assert!(!keto.check(&values.check).await.unwrap().is_allowed());
    }
    assert_eq!(connector.take_calls().iter().map(|call| call.0).collect::<Vec<_>>(), [2, 1]);
}

/// What a connector is told: how each API is reached.
#[test]
fn a_connector_is_told_how_to_connect() {
    let connector = Connector::new(in_memory_keto());
    let proxy = Proxy::Url("http://proxy.test:3128".parse().unwrap());
    let http = connector.config().proxy(proxy.clone()).body_limit(7);
    let keto = KetoClient::builder().read_url("https://keto.test").write_url("http://[::1]:1");
    let keto = keto.opl_url("unix:/run/opl.sock").http(http.clone()).build().unwrap();
    // In whatever order they are asked for.
    let told = |made: Vec<Connection>| {
        let mut told: Vec<_> = made
            .into_iter()
            .map(|made| {
                assert_eq!((made.body_limit, made.protocol), (7, Protocol::Negotiated));
                (made.unix_socket, made.tls, made.proxy == proxy)
            })
            .collect();
        told.sort();
        told
    };
    let socket = Some("/run/opl.sock".into());
    let ways = [(None, false, false), (None, true, true), (socket, false, false)];
    assert_eq!(told(connector.made()), ways);
    keto.with_own_connections().unwrap();
    assert_eq!(told(connector.made().split_off(3)), ways);

    let connector = Connector::new(in_memory_keto());
    let kratos = KratosClient::builder().public_url("https://kratos.test");
    let kratos = kratos.admin_url("http://127.0.0.1:1");
    let http = connector.config().proxy(proxy.clone()).body_limit(7);
    kratos.http(http).build().unwrap().with_own_connections().unwrap();
    assert_eq!(told(connector.made().split_off(2)), ways[..2]);
}

/// A layer around what a client has by default.
#[tokio::test]
async fn the_default_can_be_wrapped() {
    #[derive(Debug, Default)]
    struct Counting(Arc<AtomicUsize>);

    #[derive(Debug)]
    struct Counted(Arc<AtomicUsize>, Arc<dyn HttpService>);

    impl HttpConnector for Counting {
        fn connect(&self, connection: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
            let inner = ReqwestConnector.connect(connection)?;
            Ok(Arc::new(Counted(self.0.clone(), inner)))
        }
    }

    #[async_trait]
    impl HttpService for Counted {
        async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
            self.0.fetch_add(1, SeqCst);
            self.1.call(request).await
        }
    }

    let check = keto_operations::Values::default().check;
    let counting = Counting::default();
    let count = counting.0.clone();
    let http = HttpConfig::default().connector(Arc::new(counting));
    let busy = MockResponse::new(503, "{}");
    let server = MockServer::start([busy, MockResponse::new(200, r#"{"allowed":true}"#)]).await;
    let keto = KetoClient::builder().read_url(server.url.as_str()).api_version(ApiVersion::Current);
    let keto = keto.http(http.clone()).build().unwrap();
    assert!(keto.check(&check).await.unwrap().is_allowed());
    assert_eq!(count.load(SeqCst), 2, "each attempt is counted");

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        contract_tests::tls::allow_by_http2(stream).await;
    });
    let keto = KetoGrpcClient::builder().read_url(url).http(http).build().unwrap();
    assert!(keto.check(&check).await.unwrap().is_allowed());
    assert_eq!(count.load(SeqCst), 3, "and gRPC's trailers come through");
}

/// A connector that fails is the client's error, by its setting.
#[test]
fn a_connector_can_refuse() {
    #[derive(Debug, Default)]
    struct Once(AtomicUsize);

    impl HttpConnector for Once {
        fn connect(&self, _: &Connection) -> Result<Arc<dyn HttpService>, ConfigError> {
            match self.0.fetch_add(1, SeqCst) {
                0 => Ok(in_memory_keto()),
                _ => Err(ConfigError::new("certificate", "has expired")),
            }
        }
    }

    let http = HttpConfig::default().connector(Arc::new(Once::default()));
    let grpc = KetoGrpcClient::builder().read_url("http://127.0.0.1:1").http(http.clone());
    let error = grpc.build().unwrap().with_own_connections().unwrap_err();
    assert_eq!(error.to_string(), "certificate has expired");
    let keto = KetoClient::builder().read_url("http://127.0.0.1:1").http(http);
    assert_eq!(keto.build().unwrap_err().setting(), "certificate");
}

/// The limits are the client's, also over a service that has none.
#[tokio::test]
async fn the_limits_hold_whatever_the_service_does() {
    let values = keto_operations::Values::default();
    let service = InMemory::new(|_| Ok(json(200, r#"{"allowed":true}"#)));
    let keto = fake_keto::client(service.config().body_limit(5), ApiVersion::Current);
    let error = keto.check(&values.check).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 5 }), "{error:?}");

    let service = InMemory::new(|_| Ok(grpc(&[8, 1])));
    let keto = fake_keto::grpc_client(service.config().body_limit(5));
    let error = keto.check(&values.check).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::BodyTooLarge { limit: 5 }), "{error:?}");

    let kinds = [HttpServiceErrorKind::Timeout, HttpServiceErrorKind::BodyTooLarge];
    for kind in kinds {
        let service = InMemory::new(move |_| Err(kind));
        let http = fake_keto::client(service.config(), ApiVersion::Current);
        let grpc = fake_keto::grpc_client(service.config());
        for keto in [&http as &dyn Permissions, &grpc] {
            let error = keto.check(&values.check).await.unwrap_err();
            let is_right = match kind {
                HttpServiceErrorKind::Timeout => matches!(error.kind(), ErrorKind::Timeout(_)),
                _ => matches!(error.kind(), ErrorKind::BodyTooLarge { .. }),
            };
            assert!(is_right, "{kind:?}: {error:?}");
        }
    }
}
