//! How the client finds out which admin API a server has, and what it sends meanwhile.

#![allow(clippy::unwrap_used, reason = "a test")]

mod serve;

use http::StatusCode;
use kratos_client::{
    AdminSessions, ApiVersion, ErrorKind, Identities, KratosClient, ListSessions, NewIdentity,
};
use serde_json::json;
use serve::{Fixture, start};
use std::sync::{Arc, Mutex};

type Asked = Arc<Mutex<Vec<String>>>;

/// A server that has routes below this prefix, where nothing is ever found; and what it was asked.
async fn server(prefix: &'static str, elsewhere: &'static str) -> (String, Asked) {
    let asked = Asked::default();
    let log = asked.clone();
    let url = start(move |line| {
        log.lock().unwrap().push(line.replace(" HTTP/1.1", ""));
        let path = line.split(' ').nth(1).unwrap();
        let known = path.starts_with(prefix);
        if known && path.contains("page=1000000") {
            return Fixture::read("v08_identities_last").answer();
        }
        Fixture::read(if known { "v26_error_not_found" } else { elsewhere }).answer()
    });
    (url.await, asked)
}

fn client(url: &str, api_version: ApiVersion) -> KratosClient {
    let client = KratosClient::builder().public_url(url).admin_url(url);
    client.api_version(api_version).build().unwrap()
}

const CURRENT: &str = "GET /admin/identities/00000000-0000-0000-0000-000000000000";
const V0_8: &str = "GET /identities?per_page=1&page=1000000";

#[tokio::test]
async fn is_detected_once() {
    for (prefix, expected) in [
        ("/admin/", vec![CURRENT, "DELETE /admin/identities/x", "DELETE /admin/identities/x"]),
        ("/identities", vec![CURRENT, V0_8, "DELETE /identities/x", "DELETE /identities/x"]),
    ] {
        let (url, asked) = server(prefix, "v08_error_no_route").await;
        let kratos = client(&url, ApiVersion::Detect);
        for kratos in [&kratos, &kratos.clone()] {
            let error = kratos.delete_identity(&"x".into()).await.unwrap_err();
            assert!(error.is_not_found());
        }
        assert_eq!(*asked.lock().unwrap(), expected);
    }
}

#[tokio::test]
async fn is_not_guessed() {
    let (url, asked) = server("/nowhere", "v08_error_no_route").await;
    let kratos = client(&url, ApiVersion::Detect);
    for _ in 0..2 {
        let error = kratos.delete_identity(&"x".into()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::RouteNotFound { .. }), "{error}");
    }
    assert_eq!(*asked.lock().unwrap(), [CURRENT, V0_8, CURRENT, V0_8]);

    let (url, asked) = server("/nowhere", "v26_error_unauthorized").await;
    let error = client(&url, ApiVersion::Detect).delete_identity(&"x".into()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert_eq!(*asked.lock().unwrap(), [CURRENT]);
}

#[tokio::test]
async fn what_it_lacks_is_not_sent() {
    let (url, asked) = server("/", "v08_error_no_route").await;
    let kratos = client(&url, ApiVersion::V0_8);
    let error = kratos.list_sessions_page(&ListSessions::new()).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    let new = NewIdentity::new("default", json!({})).unwrap().metadata_admin(json!(1));
    let error = kratos.create_identity(&new).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    let error = client(&url, ApiVersion::Detect).delete_identity(&"..".into()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 0);

    let kratos = KratosClient::builder().public_url(&url).build().unwrap();
    let error = kratos.delete_identity(&"x".into()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "delete identity: the client was built without KRATOS_ADMIN_API_URL, which this operation needs"
    );
}

#[test]
fn is_a_setting() {
    use kratos_client::KratosClientBuilder;
    let vars = |api_version: &'static str| {
        move |name: &str| (name == "KRATOS_API_VERSION").then(|| api_version.to_owned())
    };
    for api_version in ["detect", "current", "v0.8"] {
        let _builder = KratosClientBuilder::from_vars(&vars(api_version)).unwrap();
    }
    let error = KratosClientBuilder::from_vars(&vars("v0.7")).unwrap_err();
    assert_eq!(error.to_string(), "KRATOS_API_VERSION must be detect, current or v0.8");
}
