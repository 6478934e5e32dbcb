//! A client with connections of its own shares all else with the one that it was made from.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::mock_server::{MockResponse, MockServer};
use keto_client::{Check, HttpConfig, KetoClient, Permissions};
use kratos_client::{Credential, KratosClient, SessionCookie, Sessions, Whoami};
use std::time::{Duration, Instant};

const NO_SESSION: &str =
    r#"{"error":{"code":401,"status":"Unauthorized","message":"No active session was found"}}"#;

fn check() -> Check {
    "app:homepage#read@ann".parse().map(Check::new).unwrap()
}

#[tokio::test]
async fn keto_connects_anew_and_knows_what_was_found_out() {
    let refusal = r#"{"error":{"code":400,"status":"Bad Request","message":"no subject"}}"#;
    let allowed = MockResponse::new(200, r#"{"allowed":true}"#).after(Duration::from_millis(50));
    let server = MockServer::start([MockResponse::new(400, refusal), allowed]).await;
    let http = HttpConfig::default().max_in_flight(1);
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(http).build().unwrap();
    let other = keto.with_own_connections().unwrap();
    assert!(keto.check(&check()).await.unwrap().is_allowed());

    let started = Instant::now();
    let (question, again) = (check(), check());
    let (one, two) = tokio::join!(keto.check(&question), other.check(&again));
    assert!(one.unwrap().is_allowed() && two.unwrap().is_allowed());
    assert!(started.elapsed() >= Duration::from_millis(100), "they take turns");
    assert_eq!(server.connections(), 2);
    assert_eq!(server.requests().len(), 4, "one question about the dialect, three checks");
}

#[tokio::test]
async fn kratos_connects_anew() {
    let server = MockServer::start([MockResponse::new(401, NO_SESSION)]).await;
    let kratos = KratosClient::builder().public_url(server.url.as_str()).build().unwrap();
    let other = kratos.with_own_connections().unwrap();
    let credential = Credential::from(SessionCookie::new("abc").unwrap());
    for client in [&kratos, &other, &kratos, &other] {
        assert_eq!(client.whoami(&credential).await.unwrap(), Whoami::NoSession);
    }
    assert_eq!(server.connections(), 2);
}
