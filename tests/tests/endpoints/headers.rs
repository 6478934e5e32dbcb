//! The headers that a configuration, the options of a call and a browser's device add to requests.

use crate::{
    Operation, api_key, fake_keto, fake_kratos, keto_operations,
    kratos_operations::{self, Values as KratosValues},
    line,
};
use bytes::Bytes;
use contract_tests::in_memory::InMemory;
use http::{HeaderMap, HeaderName, HeaderValue, Request};
use keto_client::{
    ApiVersion, BasicAuth, CallOptions, HttpConfig, KetoClient, KetoClientBuilder, KetoGrpcClient,
    Permissions,
};
use kratos_client::{
    Flows, KratosClient,
    flow::{BrowserDevice, Caller, CreateFlowOptions, Login, TrustedProxies},
};
use std::sync::Arc;

fn name(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

fn text(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

/// Calls each operation of each client, and gives back the requests of each service.
async fn requests(http: impl Fn(&Arc<InMemory>) -> HttpConfig) -> [Vec<Request<Bytes>>; 3] {
    let kratos_service = InMemory::new(fake_kratos::current);
    let kratos = fake_kratos::client(http(&kratos_service), kratos_client::ApiVersion::Current);
    for values in KratosValues::of_browser_and_app() {
        for Operation { call, .. } in kratos_operations::all(&kratos, &values) {
            let _ = call.await;
        }
    }
    let values = keto_operations::Values::default();
    let keto_service = InMemory::new(|request| fake_keto::current(request, Some(10)));
    let keto = fake_keto::client(http(&keto_service), ApiVersion::Current);
    for Operation { call, .. } in keto_operations::all(&keto, &values) {
        let _ = call.await;
    }
    let grpc_service = InMemory::new(|request| fake_keto::over_grpc(request, 10));
    let keto = fake_keto::grpc_client(http(&grpc_service));
    for Operation { call, .. } in keto_operations::all(&keto, &values) {
        let _ = call.await;
    }
    [kratos_service, keto_service, grpc_service].map(|service| service.take_requests())
}

#[tokio::test]
async fn every_call_has_the_headers_of_the_configuration() {
    let basic = || BasicAuth::new("ann", "planted:password").unwrap();
    let config = |service: &Arc<InMemory>| {
        let http = service.config().basic_auth(basic()).user_agent(text("agent/1"));
        let http = http.header(name("x-tenant"), text("planted-a"));
        http.header(name("x-tenant"), text("planted-b"))
    };
    for requests in Box::pin(requests(config)).await {
        assert!(requests.len() > 10);
        for request in requests {
            let headers = request.headers();
            // ann:planted:password
            assert_eq!(headers["authorization"], "Basic YW5uOnBsYW50ZWQ6cGFzc3dvcmQ=");
            let tenants: Vec<_> = headers.get_all("x-tenant").iter().collect();
            assert_eq!(tenants, ["planted-a", "planted-b"], "{}", line(&request));
            assert!(tenants.iter().all(|value| value.is_sensitive()));
            assert_eq!(headers["user-agent"], "agent/1", "{}", line(&request));
        }
    }
    let shown = format!("{:?}", config(&InMemory::new(fake_kratos::current)));
    assert!(!shown.contains("planted") && !shown.contains("YW5u"), "{shown}");
}

#[tokio::test]
async fn the_user_agent_is_the_client_and_its_version() {
    let [kratos, keto, grpc] = Box::pin(requests(InMemory::config)).await;
    for (requests, client) in
        [(kratos, "kratos-client"), (keto, "keto-client"), (grpc, "keto-client")]
    {
        let expected = format!("{client}/{}", env!("CARGO_PKG_VERSION"));
        assert!(requests.iter().all(|request| request.headers()["user-agent"] == expected));
    }
}

/// Trace context and the request's id pass through, in place of what the configuration says.
#[tokio::test]
async fn options_of_a_call_replace_what_the_configuration_says() {
    let check = keto_operations::Values::default().check;
    let options = || {
        let options = CallOptions::new().header(name("traceparent"), text("00-1-2-01"));
        let options = options.header(name("x-request-id"), text("request-1"));
        options.header(name("content-type"), text("text/plain"))
    };
    let config =
        |service: &Arc<InMemory>| service.config().header(name("x-request-id"), text("none"));
    let http = InMemory::new(|request| fake_keto::current(request, Some(10)));
    let keto = fake_keto::client(config(&http), ApiVersion::Current);
    let _ = options().scope(keto.check(&check)).await.unwrap();
    let grpc = InMemory::new(|request| fake_keto::over_grpc(request, 10));
    let keto = fake_keto::grpc_client(config(&grpc));
    let _ = options().scope(keto.check(&check)).await.unwrap();
    for (service, content_type) in [(http, "application/json"), (grpc, "application/grpc")] {
        let request = service.take_requests().remove(0);
        assert_eq!(request.headers()["traceparent"], "00-1-2-01");
        assert_eq!(request.headers()["x-request-id"], "request-1");
        assert_eq!(request.headers()["content-type"], content_type);
        assert_eq!(request.headers().get_all("x-request-id").iter().count(), 1);
    }
}

#[tokio::test]
async fn the_environment_sets_them_too() {
    let vars = |name: &str| {
        let value = match name {
            "KETO_API_READ_URL" => "http://127.0.0.1:1",
            "KETO_HEADERS" => "X-Tenant: planted-a\n\n X-Mesh:b:c \n",
            "KETO_BASIC_AUTH" => "ann:planted:password",
            "KETO_USER_AGENT" => "agent/1",
            "KETO_API_VERSION" => "current",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let service = InMemory::new(|request| fake_keto::current(request, Some(10)));
    let config = HttpConfig::from_vars("KETO", &vars).unwrap().service(service.clone());
    let keto = KetoClientBuilder::from_vars(&vars).unwrap().http(config).build().unwrap();
    let _ = keto.check(&keto_operations::Values::default().check).await.unwrap();
    let headers = service.take_requests().remove(0).headers().clone();
    assert_eq!(headers["x-tenant"], "planted-a");
    assert_eq!(headers["x-mesh"], "b:c");
    assert_eq!(headers["authorization"], "Basic YW5uOnBsYW50ZWQ6cGFzc3dvcmQ=");
    assert_eq!(headers["user-agent"], "agent/1");

    for (variable, wrong, problem) in [
        ("KETO_HEADERS", "planted", "must have 'name: value' on each line"),
        ("KETO_HEADERS", "pl anted: b", "must have 'name: value' on each line"),
        ("KETO_HEADERS", "a: pl\u{7}anted", "must have 'name: value' on each line"),
        ("KETO_BASIC_AUTH", "planted", "must be user:password in visible characters"),
        ("KETO_BASIC_AUTH", "a:pl\u{7}anted", "must be user:password in visible characters"),
        ("KETO_USER_AGENT", "a\nplanted", "must be the value of a header"),
    ] {
        let vars = |name: &str| (name == variable).then(|| wrong.to_owned());
        let error = KetoClientBuilder::from_vars(&vars).unwrap_err();
        assert_eq!(error.to_string(), format!("{variable} {problem}"));
    }
}

/// The errors of building a client of each kind at this URL.
fn build(url: &str, http: &HttpConfig) -> [Option<String>; 4] {
    let kratos = KratosClient::builder().public_url(url).http(http.clone()).build().err();
    let admin = KratosClient::builder().admin_url(url).http(http.clone()).build().err();
    let keto = KetoClient::builder().read_url(url).http(http.clone()).build().err();
    let grpc = KetoGrpcClient::builder().write_url(url).http(http.clone()).build().err();
    [kratos, admin, keto, grpc].map(|error| error.map(|error| error.to_string()))
}

#[test]
fn secrets_are_not_sent_over_plain_http_to_another_machine() {
    let header = HttpConfig::default().header(name("x-tenant"), text("planted"));
    let basic = HttpConfig::default().basic_auth(BasicAuth::new("ann", "planted").unwrap());
    for (http, setting) in [(header, "headers"), (basic, "basic auth")] {
        for error in build("http://x.test", &http) {
            let problem = "would be sent over plain HTTP to another machine; use https, or allow \
                           it by credentials over http";
            assert_eq!(error.unwrap(), format!("{setting} {problem}"));
        }
        let allowed = http.clone().credentials_over_http(true);
        for (url, http) in [
            ("http://x.test", &allowed),
            ("https://x.test", &http),
            ("http://127.0.0.1:1", &http),
            ("unix:/run/x.sock", &http),
        ] {
            assert_eq!(build(url, http), [const { None }; 4], "{url}");
        }
    }
}

#[test]
fn headers_that_are_the_clients_own_are_refused() {
    for own in ["authorization", "cookie", "x-session-token", "host", "user-agent"] {
        let http = HttpConfig::default().header(own.parse().unwrap(), text("planted"));
        for error in build("https://x.test", &http) {
            let problem = format!("headers must not have {own}, which the client sets itself");
            assert_eq!(error.unwrap(), problem);
        }
    }
    let http = HttpConfig::default().api_key(api_key());
    let http = http.basic_auth(BasicAuth::new("ann", "planted").unwrap());
    for error in build("https://x.test", &http) {
        let problem = "basic auth can't be used beside api key: both need authorization";
        assert_eq!(error.unwrap(), problem);
    }
}

/// What a browser's request tells of its device goes to Kratos, and no other header of it.
#[tokio::test]
async fn a_browsers_device_goes_along() {
    let mut incoming = HeaderMap::new();
    for (name, value) in [
        ("user-agent", "Browser/1"),
        ("accept-language", "de, en;q=0.5"),
        ("x-forwarded-for", "6.6.6.6, 203.0.113.9"),
        ("true-client-ip", "7.7.7.7"),
        ("x-other", "planted"),
        ("cookie", "csrf_token_1=c"),
    ] {
        incoming.insert(name, HeaderValue::from_static(value));
    }
    let service = InMemory::new(fake_kratos::current);
    let kratos = fake_kratos::client(
        service.config().user_agent(text("agent/1")),
        kratos_client::ApiVersion::Current,
    );
    let create = async |caller: Caller| {
        let _ = Flows::<Login>::create(&kratos, &CreateFlowOptions::new(), &caller).await;
        service.take_requests().remove(0).headers().clone()
    };
    let proxies = TrustedProxies::new(["10.0.0.0/8"]).unwrap();
    for (peer, proxies, address) in [
        ([10, 0, 0, 1], &proxies, "203.0.113.9"),
        ([203, 0, 113, 1], &proxies, "203.0.113.1"),
        ([10, 0, 0, 1], &TrustedProxies::none(), "10.0.0.1"),
    ] {
        let device = BrowserDevice::of_request(peer.into(), &incoming, proxies);
        assert_eq!(format!("{device:?}"), "BrowserDevice(..)");
        let headers = create(Caller::browser_on(device, incoming.get_all("cookie"))).await;
        assert_eq!(headers["true-client-ip"], address);
        assert_eq!(headers["x-forwarded-for"], address);
        assert_eq!(headers["user-agent"], "Browser/1");
        assert_eq!(headers["accept-language"], "de, en;q=0.5");
        assert_eq!(headers["cookie"], "csrf_token_1=c");
        assert!(!headers.contains_key("x-other"));
    }
    let headers = create(Caller::browser(incoming.get_all("cookie"))).await;
    assert!(!headers.contains_key("true-client-ip") && !headers.contains_key("x-forwarded-for"));
    assert_eq!(headers["user-agent"], "agent/1");
}
