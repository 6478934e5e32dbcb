//! Which credential each request carries: Kratos's API key never goes to its public API, nor a
//! person's session to the admin API.

use crate::{
    Carries, Operation, api_key, assert_complete, keto_operations, kratos_operations, line,
};
use bytes::Bytes;
use contract_tests::in_memory::{InMemory, error, grpc, json};
use http::{HeaderName, HeaderValue, Request};
use keto_client::{CallOptions, HttpConfig, KetoClient, KetoGrpcClient};
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
            // A query of relation tuples names its subject; no credential is ever in a URL.
            let url = request.uri().to_string().replace("planted-subject", "");
            assert!(!url.contains("planted"), "{id}: {url}");
            let is_admin = request.uri().port_u16() == Some(2);
            assert_eq!(is_admin, carries == Carries::ApiKey, "{id} went to {}", request.uri());
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
    use kratos_client::Dialect::{Auto, Current, V0_8};
    for dialect in [Auto, Current, V0_8] {
        let service = kratos_service();
        for values in kratos_operations::Values::of_browser_and_app() {
            // A new client for each operation, so that each one detects the version.
            let clients = || kratos(service.config()).dialect(dialect).build().unwrap();
            let client = clients();
            let mut operations = kratos_operations::public(&client, &values);
            if dialect == V0_8 {
                // What v0.8 does not have is not sent at all.
                let absent = ["Session", "Fedcm", "Sessions"];
                operations.retain(|o| {
                    o.id == "toSession" || !absent.iter().any(|word| o.id.contains(word))
                });
            }
            assert_carries(&service, operations, values.header).await;
            let mut operations = kratos_operations::admin(&client, &values);
            if dialect == V0_8 {
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

    let (values, client) = (keto_operations::Values::default(), keto(service.config()));
    let operations = keto_operations::all(&client, &values);
    assert_complete(&operations, keto_operations::IDS, keto_operations::NOT_CALLED);
}

fn keto(http: HttpConfig) -> KetoClient {
    let builder = KetoClient::builder().read_url("http://127.0.0.1:2");
    let builder = builder.write_url("http://127.0.0.1:2").opl_url("http://127.0.0.1:2");
    builder.http(http.api_key(api_key())).build().unwrap()
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
    let client = keto(service.config());
    assert_carries(&service, keto_operations::all(&client, &values), ("", "")).await;
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
                assert!(!value.contains("planted-by-options"), "{name} in {}", line(&request));
            }
        }
    };
    let service = keto_service();
    let (client, values) = (keto(service.config()), keto_operations::Values::default());
    let mut with_body = Vec::new();
    for operation in keto_operations::all(&client, &values) {
        service.take_requests();
        let _ = options().scope(operation.call).await;
        let requests = service.take_requests().into_iter();
        with_body.extend(requests.filter(|request| !request.body().is_empty()));
    }
    assert_sound(with_body);
    let service = InMemory::new(|_| Ok(grpc(b"")));
    let client = keto_grpc(service.config());
    for operation in keto_operations::all(&client, &values) {
        let _ = options().scope(operation.call).await;
        assert_sound(service.take_requests());
    }
    let service = kratos_service();
    let client = kratos(service.config()).build().unwrap();
    for values in kratos_operations::Values::of_browser_and_app() {
        let mut operations = kratos_operations::public(&client, &values);
        operations.extend(kratos_operations::admin(&client, &values));
        for Operation { id, carries, call } in operations {
            service.take_requests();
            let _ = options().scope(call).await;
            for request in service.take_requests() {
                let found = secrets(&request);
                let own = |(name, value): &(String, String)| {
                    !value.contains("by-options") || name == "content-type"
                };
                assert!(found.iter().all(own), "{id} {carries:?}: {found:?}");
            }
        }
    }
}
