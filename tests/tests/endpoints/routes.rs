//! A URL with a wrong port or path: the error says what to look at, and nothing of the request.

use crate::{Operation, fake_keto, fake_kratos, keto_operations, kratos_operations};
use contract_tests::in_memory::{InMemory, grpc_status, no_route};
use keto_client::{ApiVersion, ErrorKind};

fn assert_advice(id: &str, error: &keto_client::Error, routes: &mut Vec<String>) {
    let ErrorKind::RouteNotFound { method, route } = error.kind() else {
        panic!("{id}: {error:?}");
    };
    let advice = "check the port and the path of the URL, and the version of the server";
    let text = error.to_string();
    let begin =
        format!("{}: the server answered 404 Not Found to {method} {route} ", error.operation());
    assert!(text.starts_with(&begin) && text.ends_with(advice), "{id}: {text}");
    assert!(error.is_unsupported() && !error.is_retryable(), "{id}");
    assert_eq!(error.status().unwrap(), 404, "{id}");
    let shown = format!("{text} {error:?}");
    for value in ["planted", "homepage", "-000000000001", "logout-token", "fedcm-token", "123456"] {
        assert!(!shown.contains(value), "{id}: {shown}");
    }
    routes.push(format!("{method} {route}"));
}

#[tokio::test]
async fn no_operation_of_keto_takes_a_wrong_url_for_an_answer() {
    let values = keto_operations::Values::default();
    for api_version in [ApiVersion::Detect, ApiVersion::Current, ApiVersion::V0_7] {
        let service = InMemory::new(|_| Ok(no_route()));
        let keto = fake_keto::client(service.config(), api_version);
        let mut routes = Vec::new();
        for Operation { id, call, .. } in keto_operations::all(&keto, &values) {
            let error = call.await.unwrap_err();
            if api_version == ApiVersion::V0_7 && id == "listRelationshipNamespaces" {
                continue;
            }
            assert_advice(id, &error, &mut routes);
        }
        assert!(routes.len() >= 12);
    }
}

#[tokio::test]
async fn no_operation_of_kratos_takes_a_wrong_url_for_an_answer() {
    let service = InMemory::new(|_| Ok(no_route()));
    for api_version in [kratos_client::ApiVersion::Detect, kratos_client::ApiVersion::Current] {
        let kratos = fake_kratos::client(service.config(), api_version);
        for values in kratos_operations::Values::of_browser_and_app() {
            let mut routes = Vec::new();
            for Operation { id, call, .. } in kratos_operations::all(&kratos, &values) {
                assert_advice(id, &call.await.unwrap_err(), &mut routes);
            }
            let route = "DELETE /admin/identities/{id}/credentials/{type}".to_owned();
            assert_eq!(routes.contains(&route), api_version == kratos_client::ApiVersion::Current);
        }
    }
}

/// Over gRPC, a server says so by the status `UNIMPLEMENTED`, and one that speaks no gRPC by 404.
#[tokio::test]
async fn no_operation_over_grpc_takes_a_wrong_url_for_an_answer() {
    let values = keto_operations::Values::default();
    for unimplemented in [true, false] {
        let service = InMemory::new(move |_| match unimplemented {
            true => Ok(grpc_status(12, "unknown service planted")),
            false => Ok(no_route()),
        });
        let keto = fake_keto::grpc_client(service.config());
        for Operation { id, call, .. } in keto_operations::all(&keto, &values) {
            let error = call.await.unwrap_err();
            assert!(error.is_unsupported() && !error.is_retryable(), "{id}: {error:?}");
            let advice = "check the port of the URL and the version of the server";
            assert!(error.to_string().ends_with(advice), "{id}: {error}");
            assert!(!format!("{error} {error:?}").contains("planted"), "{id}: {error:?}");
        }
    }
}
