//! Which credential each request carries: Kratos's API key never goes to its public API, nor a
//! person's session to the admin API.

use crate::{
    Carries, Operation, api_key, assert_complete, keto_operations, kratos_operations, line,
};
use bytes::Bytes;
use contract_tests::in_memory::{InMemory, error, grpc, json};
use http::{HeaderName, HeaderValue, Request};
use keto_client::{
    ApiVersion, CallOptions, ConfigError, HttpConfig, KetoClient, KetoClientBuilder, KetoGrpcClient,
};
use kratos_client::KratosClient;

/// Every header with a secret in it.
fn secrets(request: &Request<Bytes>) -> Vec<(String, String)> {
    let headers = request.headers().iter().map(|(name, value)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    headers.filter(|(_, value)| value.contains("planted")).collect()
}

/// That each operation sends something, and what it carries. A request that detects the version of
/// the public API carries nothing.
async fn assert_carries(service: &InMemory, operations: Vec<Operation<'_>>, person: (&str, &str)) {
    for Operation { id, carries, call } in operations {
        service.take_requests();
        let _ = call.await;
        let requests = service.take_requests();
        let expected = match carries {
            Carries::ApiKey => vec![("authorization".to_owned(), "Bearer planted-api-key".into())],
            Carries::Person => vec![(person.0.to_owned(), person.1.to_owned())],
            Carries::Nothing => vec![],
        };
        assert_eq!(secrets(requests.last().expect(id)), expected, "{id}");
        for request in &requests {
            let found = secrets(request);
            let detects = carries != Carries::ApiKey && line(request) == "GET /sessions";
            assert!(found == expected || (detects && found.is_empty()), "{id}: {found:?}");
            let url = request.uri().to_string();
            for (_, secret) in &expected {
                let secret = secret.rsplit(['=', ' ']).next().unwrap();
                assert!(!url.contains(secret), "{id}: {url}");
            }
            let host = request.uri().port_u16();
            let is_right = (host == Some(2)) == (carries == Carries::ApiKey) || host == Some(3);
            assert!(is_right, "{id} went to {}", request.uri());
        }
    }
}

/// A Kratos that answers what the clients detect its version by, and `{}` to all else.
fn kratos_service() -> std::sync::Arc<InMemory> {
    InMemory::new(|request| {
        Ok(match line(request).as_str() {
            "GET /sessions" if secrets(request).is_empty() => error(401, "No session"),
            "GET /sessions"
            | "GET /admin/identities/00000000-0000-0000-0000-000000000001/sessions" => {
                json(200, r#"[{"id": "session", "active": true}]"#)
            }
            "GET /admin/identities/00000000-0000-0000-0000-000000000000" => error(404, "None"),
            _ => json(200, "{}"),
        })
    })
}

fn kratos(http: HttpConfig) -> kratos_client::KratosClientBuilder {
    let builder = KratosClient::builder().public_url("http://127.0.0.1:1");
    builder.admin_url("http://127.0.0.1:2").http(http.api_key(api_key()))
}

#[tokio::test]
async fn kratos_gets_each_credential_where_it_belongs() {
    use kratos_client::ApiVersion::{Current, Detect, V0_8};
    for api_version in [Detect, Current, V0_8] {
        let service = kratos_service();
        for values in kratos_operations::Values::of_browser_and_app() {
            // A new client for each operation, so that each one detects the version.
            let clients = || kratos(service.config()).api_version(api_version).build().unwrap();
            let client = clients();
            let mut operations = kratos_operations::public(&client, &values);
            if api_version == V0_8 {
                // What v0.8 does not have is not sent at all.
                let absent = ["Session", "Fedcm", "Sessions"];
                operations.retain(|o| {
                    o.id == "toSession" || !absent.iter().any(|word| o.id.contains(word))
                });
            }
            assert_carries(&service, operations, values.header).await;
            let mut operations = kratos_operations::admin(&client, &values);
            if api_version == V0_8 {
                let present = ["listIdentities", "getIdentity", "createIdentity", "updateIdentity"];
                let more = ["deleteIdentity", "deleteIdentitySessions", "getVersion"];
                let link = ["createRecoveryLinkForIdentity"];
                let present = [&present[..], &more[..], &link[..]].concat();
                operations.retain(|operation| present.contains(&operation.id));
            }
            assert_carries(&service, operations, values.header).await;
        }
    }
}

/// Ory Network serves both APIs at one address.
#[tokio::test]
async fn kratos_gets_each_credential_where_it_belongs_at_one_address() {
    let service = kratos_service();
    let url = "http://127.0.0.1:3";
    let client = kratos(service.config()).public_url(url).admin_url(url).build().unwrap();
    for values in kratos_operations::Values::of_browser_and_app() {
        let operations = kratos_operations::all(&client, &values);
        assert_carries(&service, operations, values.header).await;
    }
}

#[tokio::test]
async fn no_operation_is_left_out() {
    let service = kratos_service();
    let client = kratos(service.config()).build().unwrap();
    let values = kratos_operations::Values::of_browser_and_app();
    let mut operations = kratos_operations::admin(&client, &values[0]);
    for values in &values {
        operations.extend(kratos_operations::public(&client, values));
    }
    assert_complete(&operations, kratos_operations::IDS, &[]);

    let (values, client) =
        (keto_operations::Values::default(), keto(service.config(), ApiVersion::Detect));
    let operations = keto_operations::all(&client, &values);
    assert_complete(&operations, keto_operations::IDS, keto_operations::NOT_CALLED);
}

fn keto(http: HttpConfig, api_version: ApiVersion) -> KetoClient {
    let builder = KetoClient::builder().read_url("http://127.0.0.1:2");
    let builder = builder.write_url("http://127.0.0.1:2").opl_url("http://127.0.0.1:2");
    builder.http(http.api_key(api_key())).api_version(api_version).build().unwrap()
}

fn keto_grpc(http: HttpConfig) -> KetoGrpcClient {
    let builder = KetoGrpcClient::builder().read_url("http://127.0.0.1:2");
    let builder = builder.write_url("http://127.0.0.1:2").opl_url("http://127.0.0.1:2");
    builder.http(http.api_key(api_key())).build().unwrap()
}

fn keto_service() -> std::sync::Arc<InMemory> {
    InMemory::new(|request| match request.body().is_empty() {
        true => Ok(error(400, "No subject")),
        false => Ok(json(200, r#"{"allowed": false}"#)),
    })
}

#[tokio::test]
async fn keto_gets_the_api_key_with_every_request() {
    let (values, service) = (keto_operations::Values::default(), keto_service());
    for api_version in [ApiVersion::Detect, ApiVersion::Current, ApiVersion::V0_7] {
        let client = keto(service.config(), api_version);
        let mut operations = keto_operations::all(&client, &values);
        if api_version == ApiVersion::V0_7 {
            // What v0.7 does not have is not sent at all.
            operations.retain(|operation| operation.id != "listRelationshipNamespaces");
        }
        assert_carries(&service, operations, ("", "")).await;
    }
}

#[tokio::test]
async fn keto_gets_the_api_key_with_every_request_over_grpc() {
    let values = keto_operations::Values::default();
    let service = InMemory::new(|_| Ok(grpc(b"")));
    let client = keto_grpc(service.config());
    assert_carries(&service, keto_operations::all(&client, &values), ("", "")).await;
    // The subject is in the message, and only there.
    let _ = keto_client::Permissions::check(&client, &values.check).await;
    let request = service.take_requests().remove(0);
    assert_eq!(line(&request), "POST /ory.keto.relation_tuples.v1alpha2.CheckService/Check");
    assert!(String::from_utf8_lossy(request.body()).contains("planted-subject"));
}

/// Options for one call neither replace nor add a credential, nor change what a message is.
#[tokio::test]
async fn call_options_add_no_credential() {
    let names = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-session-token",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "te",
        "upgrade",
        "content-type",
    ];
    let options = || {
        let value = HeaderValue::from_static("planted-by-options");
        let add = |options: CallOptions, name: &str| {
            options.header(name.parse::<HeaderName>().unwrap(), value.clone())
        };
        let options = names.into_iter().fold(CallOptions::new(), add);
        options.header("traceparent".parse().unwrap(), HeaderValue::from_static("00-1-2-01"))
    };
    let assert_sound = |requests: Vec<Request<Bytes>>| {
        assert!(!requests.is_empty());
        for request in requests {
            assert_eq!(request.headers()["traceparent"], "00-1-2-01", "{}", line(&request));
            for (name, value) in secrets(&request) {
                // A request without a body says nothing of its type.
                let is_idle = name == "content-type" && request.body().is_empty();
                let is_option = value.contains("planted-by-options");
                assert!(is_idle || !is_option, "{name} in {}", line(&request));
            }
        }
    };
    let values = keto_operations::Values::default();
    let service = keto_service();
    let client = keto(service.config(), ApiVersion::Current);
    for operation in keto_operations::all(&client, &values) {
        let _ = options().scope(operation.call).await;
        assert_sound(service.take_requests());
    }
    let service = InMemory::new(|_| Ok(grpc(b"")));
    let client = keto_grpc(service.config());
    for operation in keto_operations::all(&client, &values) {
        let _ = options().scope(operation.call).await;
        assert_sound(service.take_requests());
    }
    let service = kratos_service();
    // What detects the version is nobody's call, and has nobody's options.
    let client = kratos(service.config()).api_version(kratos_client::ApiVersion::Current);
    let client = client.build().unwrap();
    for values in kratos_operations::Values::of_browser_and_app() {
        for operation in kratos_operations::all(&client, &values) {
            let _ = options().scope(operation.call).await;
            assert_sound(service.take_requests());
        }
    }
}

/// The error of building each client whose APIs are all on this machine but for one, by the name of
/// that one.
fn build(url: &str, http: &HttpConfig) -> Vec<(&'static str, Option<ConfigError>)> {
    let local = "http://127.0.0.1:2";
    let kratos = |public: &str, admin: &str| {
        let builder = KratosClient::builder().public_url(public).admin_url(admin);
        builder.http(http.clone()).build().err()
    };
    let keto = |read: &str, write: &str, opl: &str| {
        let builder = KetoClient::builder().read_url(read).write_url(write).opl_url(opl);
        builder.http(http.clone()).build().err()
    };
    let grpc = |read: &str, write: &str, opl: &str| {
        let builder = KetoGrpcClient::builder().read_url(read).write_url(write).opl_url(opl);
        builder.http(http.clone()).build().err()
    };
    vec![
        ("kratos public", kratos(url, local)),
        ("kratos admin", kratos(local, url)),
        ("keto read", keto(url, local, local)),
        ("keto write", keto(local, url, local)),
        ("keto opl", keto(local, local, url)),
        ("grpc read", grpc(url, local, local)),
        ("grpc write", grpc(local, url, local)),
        ("grpc opl", grpc(local, local, url)),
    ]
}

#[test]
fn the_api_key_is_not_sent_over_plain_http_to_another_machine() {
    let http = HttpConfig::default().api_key(api_key());
    let names = ["x.test", "10.0.0.1", "[2001:db8::1]", "localhost.x.test", "127.0.0.1.x.test"];
    for url in names.map(|name| format!("http://{name}:4466")) {
        for (api, error) in build(&url, &http) {
            if api == "kratos public" {
                assert!(error.is_none(), "no key goes to the public API: {error:?}");
                continue;
            }
            let error = error.expect(api);
            let problem = "api key would be sent over plain HTTP to another machine; use https, or \
                           allow it by credentials over http";
            assert_eq!(error.to_string(), problem, "{api}");
        }
    }
    let allowed = http.clone().credentials_over_http(true);
    for (url, http) in [
        ("http://x.test", &allowed),
        ("http://x.test", &HttpConfig::default()),
        ("https://x.test", &http),
        ("http://localhost:1", &http),
        ("http://keto.localhost:1", &http),
        ("http://127.8.7.6:1", &http),
        ("http://[::1]:1", &http),
        ("unix:/run/ory.sock", &http),
    ] {
        for (api, error) in build(url, http) {
            assert!(error.is_none(), "{url}, {api}: {error:?}");
        }
    }
}

#[test]
fn the_variable_that_allows_it_is_named() {
    let vars = |name: &str| match name {
        "KETO_API_READ_URL" => Some("http://x.test".to_owned()),
        "KETO_API_KEY" => Some("planted-api-key".to_owned()),
        _ => None,
    };
    let error = KetoClientBuilder::from_vars(&vars).unwrap().build().unwrap_err().to_string();
    assert!(error.starts_with("KETO_API_KEY would be sent"), "{error}");
    assert!(error.ends_with("allow it by KETO_CREDENTIALS_OVER_HTTP"), "{error}");
    let allowed = |name: &str| match name {
        "KETO_CREDENTIALS_OVER_HTTP" => Some("true".to_owned()),
        name => vars(name),
    };
    KetoClientBuilder::from_vars(&allowed).unwrap().build().unwrap();
}
