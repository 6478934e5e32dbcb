//! By which proxy a server is reached. The variables of the environment are set in a process of
//! their own, which is this test's own program.

use bytes::Bytes;
use contract_tests::{
    mock_server::{MockResponse, MockServer},
    proxy::RecordingProxy,
    tls::{Behaviour, TlsServer},
};
use keto_client::{
    ApiVersion, Check, HttpConfig, KetoClient, KetoGrpcClient, Permissions, Proxy, RelationTuple,
    Relationships,
};
use kratos_client::{
    Credential, GetIdentityOptions, Identities, IdentityId, KratosClient, SessionCookie, Sessions,
};
use std::{path::PathBuf, process::Stdio, time::Duration};
use url::Url;

/// What the process calls, in this order: `whoami`, `get_identity`, `check`, `create`; and `check`
/// over gRPC.
const CHILD: &str = "proxies::calls_by_the_environment";

pub(crate) fn check() -> Check {
    "app:homepage#read@ann".parse::<RelationTuple>().unwrap().into()
}

/// Prints what comes of each call.
#[tokio::test]
#[ignore = "run by the other tests, in a process with variables of its own"]
async fn calls_by_the_environment() {
    fn say<T>(call: &str, result: Result<T, impl std::fmt::Debug>) {
        println!("{call}: {}", result.map_or_else(|error| format!("{error:?}"), |_| "ok".into()));
    }
    if std::env::var_os("KRATOS_EXTERNAL_API_URL").is_some() {
        let kratos = KratosClient::from_env().unwrap();
        let credential = Credential::from(SessionCookie::new("planted").unwrap());
        say("whoami", kratos.whoami(&credential).await);
        if std::env::var_os("KRATOS_ADMIN_API_URL").is_some() {
            say(
                "get_identity",
                kratos.get_identity(&IdentityId::from("i"), &GetIdentityOptions::new()).await,
            );
        }
    }
    if std::env::var_os("KETO_API_READ_URL").is_some() {
        match std::env::var_os("OVER_GRPC") {
            None => {
                let keto = KetoClient::from_env().unwrap();
                say("check", keto.check(&check()).await);
                if std::env::var_os("KETO_API_WRITE_URL").is_some() {
                    say("create", keto.create_relationship(check().tuple()).await);
                }
            }
            Some(_) => match KetoGrpcClient::from_env() {
                Ok(keto) => say("check", keto.check(&check()).await),
                Err(error) => println!("build: {error}"),
            },
        }
    }
}

/// Runs the calls in a process with these variables, and returns what it printed.
pub(crate) async fn run(variables: &[(&str, &str)]) -> String {
    let mut process = std::process::Command::new(std::env::current_exe().unwrap());
    process.args(["--exact", CHILD, "--ignored", "--nocapture"]);
    process.env_clear().stdin(Stdio::null());
    for name in ["PATH", "LD_LIBRARY_PATH"] {
        process.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    let quick = [
        ("KRATOS_CONNECT_TIMEOUT_MS", "300"),
        ("KRATOS_TIMEOUT_MS", "3000"),
        ("KRATOS_MAX_RETRIES", "0"),
        ("KRATOS_API_VERSION", "current"),
        ("KETO_CONNECT_TIMEOUT_MS", "300"),
        ("KETO_TIMEOUT_MS", "3000"),
        ("KETO_MAX_RETRIES", "0"),
        ("KETO_API_VERSION", "current"),
    ];
    process.envs(quick).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || process.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}\n{errors}");
    text
}

/// A proxy, and a server on loopback that it must never be asked for.
async fn start() -> (RecordingProxy, MockServer) {
    let local =
        MockServer::start([MockResponse::new(201, r#"{"id":"i","schema_id":"s","traits":{}}"#)])
            .await;
    let address = local.url.socket_addrs(|| None).unwrap()[0];
    (RecordingProxy::start(address).await, local)
}

const PUBLIC: &str = "http://kratos.example.test";
const READ: &str = "http://keto.example.test";

#[tokio::test]
async fn a_remote_api_goes_by_the_proxy_and_one_on_loopback_beside_it_does_not() {
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        let (proxy, local) = start().await;
        let said = run(&[
            (variable, proxy.url.as_str()),
            ("KRATOS_EXTERNAL_API_URL", PUBLIC),
            ("KRATOS_ADMIN_API_URL", local.url.as_str()),
            ("KETO_API_READ_URL", READ),
            ("KETO_API_WRITE_URL", local.url.as_str()),
        ])
        .await;
        assert!(said.contains("check: ok") && said.contains("create: ok"), "{said}");
        let by_proxy = [
            "GET http://kratos.example.test/sessions/whoami HTTP/1.1",
            "POST http://keto.example.test/relation-tuples/check/openapi HTTP/1.1",
        ];
        assert_eq!(proxy.lines(), by_proxy, "{variable}: {said}");
        let requests: Vec<_> =
            local.requests().iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
        let direct = ["GET /admin/identities/i HTTP/1.1", "PUT /admin/relation-tuples HTTP/1.1"];
        assert_eq!(requests, direct, "{variable}: {said}");
    }
}

#[tokio::test]
async fn exceptions_from_the_proxy_are_honoured() {
    for no_proxy in ["kratos.example.test,keto.example.test", ".example.test", "*"] {
        let (proxy, local) = start().await;
        let variables = [
            ("HTTP_PROXY", proxy.url.as_str()),
            ("ALL_PROXY", proxy.url.as_str()),
            ("NO_PROXY", no_proxy),
            ("KRATOS_EXTERNAL_API_URL", PUBLIC),
            ("KETO_API_READ_URL", READ),
        ];
        let said = run(&variables).await;
        assert_eq!(proxy.lines(), [""; 0], "{no_proxy}");
        assert!(said.contains("whoami: Error") && said.contains("Connect"), "{said}");
        drop(local);
    }
}

/// Settings of a client's own: none at all, and one that holds whatever `NO_PROXY` says, but not
/// for loopback.
#[tokio::test]
async fn a_client_has_a_setting_of_its_own() {
    let (proxy, local) = start().await;
    let all = |kratos: &'static str, keto: &'static str, variable: &'static str| {
        let (proxy, local) = (proxy.url.to_string(), local.url.to_string());
        async move {
            let own = |setting: &'static str| match setting {
                "" => proxy.clone(),
                setting => setting.to_owned(),
            };
            run(&[
                (variable, &proxy),
                ("NO_PROXY", if kratos == "none" { "" } else { "*" }),
                ("KRATOS_PROXY", &own(kratos)),
                ("KETO_PROXY", &own(keto)),
                ("KRATOS_EXTERNAL_API_URL", PUBLIC),
                ("KRATOS_ADMIN_API_URL", &local),
                ("KETO_API_READ_URL", READ),
                ("KETO_API_WRITE_URL", &local),
            ])
            .await
        }
    };
    let said = all("none", "none", "ALL_PROXY").await;
    assert_eq!(proxy.lines(), [""; 0], "{said}");
    assert!(said.contains("create: ok"), "{said}");
    let said = all("", "none", "UNUSED").await;
    assert_eq!(proxy.lines(), ["GET http://kratos.example.test/sessions/whoami HTTP/1.1"]);
    assert!(said.contains("create: ok"), "{said}");
    let said = all("none", "", "UNUSED").await;
    assert_eq!(proxy.lines().len(), 2, "{said}");
    assert!(proxy.lines()[1].starts_with("POST http://keto.example.test/"), "{said}");
    assert_eq!(local.requests().len(), 6, "{:?}", local.requests());
}

/// The certificate in a file until it is dropped.
pub(crate) struct CertificateFile(pub(crate) PathBuf);

impl CertificateFile {
    pub(crate) fn of(server: &TlsServer) -> Self {
        let path = std::env::temp_dir().join(format!("{}.pem", uuid::Uuid::new_v4()));
        std::fs::write(&path, &server.certificate).unwrap();
        Self(path)
    }
}

impl Drop for CertificateFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// TLS goes through the proxy by `CONNECT`, over HTTP and gRPC, so that the proxy reads nothing.
#[tokio::test]
async fn tls_goes_by_connect() {
    let server = TlsServer::start(Behaviour::Negotiate).await;
    let file = CertificateFile::of(&server);
    let ca = file.0.to_str().unwrap();
    for (over_grpc, variable) in
        [(false, "HTTPS_PROXY"), (false, "ALL_PROXY"), (true, "HTTPS_PROXY"), (true, "KETO_PROXY")]
    {
        let proxy = RecordingProxy::start(server.address).await;
        let mut variables = vec![
            (variable, proxy.url.as_str()),
            ("KETO_API_READ_URL", "https://keto.example.test"),
            ("KETO_API_KEY", "planted-key"),
            ("KETO_CA_FILE", ca),
        ];
        variables.extend(over_grpc.then_some(("OVER_GRPC", "1")));
        let said = run(&variables).await;
        assert!(said.contains("check: ok"), "{said}");
        assert_eq!(proxy.lines(), ["CONNECT keto.example.test:443 HTTP/1.1"], "{said}");
        assert!(!proxy.requests().concat().contains("planted"), "{:?}", proxy.requests());
    }
    assert_eq!(server.negotiated(), ["h2"; 4], "the protocol is agreed on through the tunnel");
    // A proxy for plain HTTP is none for TLS.
    let proxy = RecordingProxy::start(server.address).await;
    let variables = [
        ("HTTP_PROXY", proxy.url.as_str()),
        ("KETO_API_READ_URL", "https://keto.example.test"),
        ("KETO_CA_FILE", ca),
    ];
    let said = run(&variables).await;
    assert!(said.contains("check: Error"), "{said}");
    assert_eq!(proxy.lines(), [""; 0]);
}

/// gRPC without TLS is HTTP/2 from the first byte, which a proxy for HTTP does not forward.
#[tokio::test]
async fn grpc_without_tls_goes_by_no_proxy() {
    let (proxy, _local) = start().await;
    for variable in ["HTTP_PROXY", "ALL_PROXY"] {
        let variables = [
            (variable, proxy.url.as_str()),
            ("OVER_GRPC", "1"),
            ("KETO_API_READ_URL", "http://keto.example.test"),
        ];
        let said = run(&variables).await;
        assert!(said.contains("check: Error") && said.contains("Connect"), "{said}");
    }
    let variables = [
        ("KETO_PROXY", proxy.url.as_str()),
        ("OVER_GRPC", "1"),
        ("KETO_API_READ_URL", "http://keto.example.test"),
    ];
    let problem = "build: KETO_PROXY can't be used for HTTP/2 or gRPC without TLS, which no HTTP \
                   proxy forwards; use https or no proxy";
    let said = run(&variables).await;
    assert!(said.contains(problem), "{said}");
    assert_eq!(proxy.lines(), [""; 0]);

    // On loopback and with TLS it can be built all the same, and so can a client of plain HTTP.
    let http = || HttpConfig::default().proxy(Proxy::Url(proxy.url.clone()));
    for url in ["http://127.0.0.1:1", "http://localhost:1", "unix:/x.sock", "https://x.test"] {
        KetoGrpcClient::builder().read_url(url).http(http()).build().unwrap();
    }
    KetoClient::builder().read_url("http://x.test").http(http()).build().unwrap();
    let builder = KetoGrpcClient::builder().read_url("http://127.0.0.1:1");
    let error = builder.write_url("http://x.test").http(http()).build().unwrap_err();
    assert!(error.to_string().starts_with("proxy can't be used for HTTP/2 or gRPC"), "{error}");
}

/// What becomes of it otherwise: the proxy is sent the beginning of an HTTP/2 connection.
#[tokio::test]
async fn an_http_proxy_does_not_understand_http2() {
    let (proxy, _local) = start().await;
    let http = reqwest::Client::builder().http2_prior_knowledge();
    let http = http.proxy(reqwest::Proxy::all(proxy.url.as_str()).unwrap()).build().unwrap();
    let body = Bytes::from_static(&[0; 5]);
    let call = http.post("http://keto.example.test/x").body(body).send();
    call.await.unwrap_err();
    assert_eq!(proxy.lines(), ["PRI * HTTP/2.0"]);
}

/// The same by the builder, without an environment.
#[tokio::test]
async fn the_builder_names_a_proxy() {
    let (proxy, local) = start().await;
    let mut with_password = proxy.url.clone();
    with_password.set_username("me").unwrap();
    with_password.set_password(Some("planted-password")).unwrap();
    let http = HttpConfig::default().connect_timeout(Duration::from_millis(300));
    let keto = |read: &str, proxy: Proxy| {
        let builder = KetoClient::builder().read_url(read).write_url(local.url.as_str());
        let builder = builder.api_version(ApiVersion::Current).http(http.clone().proxy(proxy));
        builder.build().unwrap()
    };
    let direct = keto("http://192.0.2.1", Proxy::Direct);
    direct.check(&check()).await.unwrap_err();
    assert_eq!(proxy.lines(), [""; 0]);

    let proxied = keto(READ, Proxy::Url(with_password.clone()));
    assert!(proxied.check(&check()).await.unwrap().is_allowed());
    proxied.create_relationship(check().tuple()).await.unwrap();
    assert_eq!(proxy.lines().len(), 1);
    assert_eq!(local.requests().len(), 1);
    let requests = proxy.requests().remove(0).to_lowercase();
    assert!(requests.contains("proxy-authorization: basic "), "{requests}");
    let shown = format!("{proxied:?} {:?}", HttpConfig::default().proxy(Proxy::Url(with_password)));
    assert!(shown.contains("Proxy") || shown.contains("proxy"), "{shown}");
    assert!(!shown.contains("planted"), "{shown}");
}

/// A proxy that is itself spoken to by TLS, for a server without TLS.
#[tokio::test]
async fn a_proxy_can_have_tls() {
    let proxy = TlsServer::start(Behaviour::Allow).await;
    let http = HttpConfig::default().root_certificates(proxy.certificate.as_bytes()).unwrap();
    let http = http.proxy(Proxy::Url(proxy.url.clone()));
    let keto = KetoClient::builder().read_url(READ).api_version(ApiVersion::Current).http(http);
    assert!(keto.build().unwrap().check(&check()).await.unwrap().is_allowed());
    assert_eq!(proxy.negotiated().len(), 1);

    let file = CertificateFile::of(&proxy);
    let variables = [
        ("HTTP_PROXY", proxy.url.as_str()),
        ("KETO_API_READ_URL", READ),
        ("KETO_CA_FILE", file.0.to_str().unwrap()),
    ];
    let said = run(&variables).await;
    assert!(said.contains("check: ok"), "{said}");
    assert_eq!(proxy.negotiated().len(), 2);
}

#[test]
fn a_proxy_that_is_none_is_refused_by_name() {
    for wrong in ["maybe", "socks5://127.0.0.1:1", "127.0.0.1:3128"] {
        let vars = |name: &str| (name == "KRATOS_PROXY").then(|| wrong.to_owned());
        let error = kratos_client::KratosClientBuilder::from_vars(&vars).unwrap_err();
        let problem = "KRATOS_PROXY must be system, none or the http or https URL of a proxy";
        assert_eq!(error.to_string(), problem);
    }
    assert_eq!("http://p.test".parse(), Ok(Proxy::Url(Url::parse("http://p.test").unwrap())));
}
