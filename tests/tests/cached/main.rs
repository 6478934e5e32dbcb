//! What is shared and kept, for how long, and what never is.

#![allow(clippy::unwrap_used, reason = "a test")]

mod batches;
mod decorators;
mod sessions;
mod single_flight;

use contract_tests::mock_server::{MockResponse, MockServer};
use futures_util::future::join_all;
use keto_client::{ApiVersion, CachedPermissions, Check, Decision, KetoClient, Permissions};
use kratos_client::{CachedSessions, Credential, KratosClient, SessionToken, Sessions, Whoami};
use serde_json::json;
use std::{sync::Arc, time::Duration};

const KEEP: &str = "ory-session-cache-for: 60\r\n";

fn session(id: &str) -> MockResponse {
    session_until(id, "2999-01-01T00:00:00Z")
}

fn session_until(id: &str, end: &str) -> MockResponse {
    let session = json!({
        "id": id, "active": true, "expires_at": end,
        "identity": {"id": "i", "schema_id": "d", "state": "active", "traits": {}},
    });
    MockResponse::new(200, session.to_string())
}

fn kratos(server: &MockServer) -> CachedSessions<KratosClient> {
    CachedSessions::new(KratosClient::builder().public_url(server.url.as_str()).build().unwrap())
}

fn keto(server: &MockServer) -> CachedPermissions<KetoClient> {
    let client =
        KetoClient::builder().read_url(server.url.as_str()).api_version(ApiVersion::Current);
    CachedPermissions::new(client.build().unwrap())
}

fn token(text: &str) -> Credential {
    SessionToken::new(text).unwrap().into()
}

fn id(whoami: Result<Whoami, kratos_client::Error>) -> String {
    whoami.unwrap().active().unwrap().id.to_string()
}

fn check(who: &str) -> Check {
    format!("app:homepage#read@{who}").parse().map(Check::new).unwrap()
}

#[tokio::test]
async fn a_session_is_kept_for_as_long_as_the_server_allows() {
    let server = MockServer::start([session("one").headers(KEEP), session("two")]).await;
    let sessions = kratos(&server);
    for _ in 0..3 {
        assert_eq!(id(sessions.whoami(&token("a")).await), "one");
    }
    assert_eq!(server.requests().len(), 1);
    // The same session cookie in another header, and no other cookie of it, counts.
    assert_eq!(id(sessions.whoami(&token("b")).await), "two");
    assert_eq!(id(sessions.whoami(&token("b")).await), "two");
    assert_eq!(server.requests().len(), 3, "without the header nothing is kept");
}

#[tokio::test]
async fn a_session_is_not_kept_beyond_its_end_or_the_limit() {
    let over = session_until("one", "2020-01-01T00:00:00Z").headers(KEEP);
    let server = MockServer::start([over]).await;
    let sessions = kratos(&server);
    for _ in 0..2 {
        let whoami = sessions.whoami(&token("a")).await.unwrap();
        assert!(matches!(whoami, Whoami::NoSession), "{whoami:?}");
    }
    assert_eq!(server.requests().len(), 2);

    let server = MockServer::start([session("one").headers(KEEP)]).await;
    let sessions = kratos(&server).max_age(Duration::from_millis(100));
    sessions.whoami(&token("a")).await.unwrap().active().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    sessions.whoami(&token("a")).await.unwrap().active().unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn only_an_active_session_is_kept() {
    let unauthorized =
        MockResponse::new(401, r#"{"error":{"code":401,"message":"no"}}"#).headers(KEEP);
    let aal = MockResponse::new(403, r#"{"error":{"id":"session_aal2_required","message":"no"}}"#);
    let inactive = session("x").headers(KEEP);
    let inactive = MockResponse { body: inactive.body.replace("true", "false"), ..inactive };
    let broken = MockResponse::new(500, "{}").headers(KEEP);
    for say in [unauthorized, aal.headers(KEEP), inactive, broken] {
        let server = MockServer::start([say.clone()]).await;
        let sessions = kratos(&server);
        for _ in 0..2 {
            let whoami = sessions.whoami(&token("a")).await;
            assert!(!matches!(whoami, Ok(Whoami::Active(_))), "{say:?}");
        }
        assert_eq!(server.requests().len(), 2, "{say:?}");
    }
}

#[tokio::test]
async fn who_logs_out_is_forgotten_even_while_being_asked_about() {
    let server = MockServer::start([session("one").headers(KEEP)]).await;
    let sessions = kratos(&server);
    sessions.whoami(&token("a")).await.unwrap().active().unwrap();
    sessions.invalidate(&token("a"));
    sessions.whoami(&token("a")).await.unwrap().active().unwrap();
    assert_eq!(server.requests().len(), 2);

    let slow = session("one").headers(KEEP).after(Duration::from_millis(100));
    let server = MockServer::start([slow]).await;
    let sessions = Arc::new(kratos(&server));
    let asking = tokio::spawn({
        let sessions = sessions.clone();
        async move { sessions.whoami(&token("a")).await }
    });
    tokio::time::sleep(Duration::from_millis(30)).await;
    sessions.invalidate(&token("a"));
    asking.await.unwrap().unwrap().active().unwrap();
    sessions.whoami(&token("a")).await.unwrap().active().unwrap();
    assert_eq!(server.requests().len(), 2, "an answer from before the log-out was kept");
}

#[tokio::test]
async fn a_check_after_a_revocation_does_not_join_one_from_before() {
    let slow = MockResponse::new(200, r#"{"allowed":true}"#).after(Duration::from_millis(150));
    let server = MockServer::start([slow, MockResponse::new(200, r#"{"allowed":false}"#)]).await;
    let keto = Arc::new(keto(&server));
    let before = tokio::spawn({
        let keto = keto.clone();
        async move { keto.check(&check("ann")).await }
    });
    tokio::time::sleep(Duration::from_millis(30)).await;
    keto.invalidate_all();
    assert_eq!(keto.check(&check("ann")).await.unwrap(), Decision::Denied);
    assert_eq!(before.await.unwrap().unwrap(), Decision::Allowed);
}

/// The name of the cookie is the client's: no other cookie finds a session.
#[tokio::test]
async fn another_cookie_finds_nobodys_session() {
    let server = MockServer::start([session("victim").headers(KEEP), session("other")]).await;
    let client = KratosClient::builder().public_url(server.url.as_str());
    let sessions = CachedSessions::new(client.session_cookie("ory_session_x").build().unwrap());
    let header = |text: &str| Credential::from_cookie_headers([text]);
    let victim = header("ory_session_x=victim; ory_kratos_session=tossed");
    assert_eq!(id(sessions.whoami(&victim).await), "victim");
    let attacker = header("ory_session_x=attacker; ory_kratos_session=tossed");
    assert_eq!(id(sessions.whoami(&attacker).await), "other");
    let tossed = header("ory_kratos_session=tossed");
    assert_eq!(sessions.whoami(&tossed).await.unwrap(), Whoami::NoSession);
}

#[tokio::test]
async fn the_same_cookie_is_one_credential_in_any_header() {
    let server = MockServer::start([session("one").headers(KEEP), session("two")]).await;
    let sessions = kratos(&server);
    let header = |text: &str| Credential::from_cookie_headers([text]);
    assert_eq!(id(sessions.whoami(&header("a=b; ory_kratos_session=s")).await), "one");
    assert_eq!(id(sessions.whoami(&header("ory_kratos_session=s; c=d")).await), "one");
    // A token with the same text is another credential.
    assert_eq!(id(sessions.whoami(&token("s")).await), "two");
    sessions.invalidate(&header("ory_kratos_session=s"));
    assert_eq!(id(sessions.whoami(&header("ory_kratos_session=s")).await), "two");
    assert_eq!(sessions.whoami(&header("c=d")).await.unwrap(), Whoami::NoSession);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_thousand_at_once_ask_once() {
    let slow = session("one").after(Duration::from_millis(100));
    let server = MockServer::start([slow]).await;
    let sessions = kratos(&server).max_age(Duration::ZERO);
    let me = token("a");
    let answers = join_all((0..1_000).map(|_| sessions.whoami(&me))).await;
    assert!(answers.into_iter().all(|answer| id(answer) == "one"));
    assert_eq!(server.requests().len(), 1);
    // Nothing is kept, and nothing is shared across credentials.
    let others: Vec<_> = (0..5).map(|n| token(&format!("other-{n}"))).collect();
    join_all(others.iter().map(|other| sessions.whoami(other))).await;
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn an_error_is_shared_and_not_kept() {
    let broken = MockResponse::new(500, "{}").after(Duration::from_millis(50));
    let server = MockServer::start([broken, MockResponse::new(200, r#"{"allowed":true}"#)]).await;
    let keto = keto(&server).allowed_max_age(Duration::from_mins(1));
    let ann = check("ann");
    for error in join_all((0..10).map(|_| keto.check(&ann))).await {
        assert_eq!(error.unwrap_err().status().unwrap().as_u16(), 500);
    }
    assert_eq!(server.requests().len(), 1);
    assert_eq!(keto.check(&ann).await.unwrap(), Decision::Allowed);
}

#[tokio::test]
async fn whoever_leaves_does_not_take_the_answer_along() {
    let slow = MockResponse::new(200, r#"{"allowed":true}"#).after(Duration::from_millis(100));
    let server = MockServer::start([slow]).await;
    let keto = Arc::new(keto(&server));
    let leaving = tokio::spawn({
        let keto = keto.clone();
        async move { keto.check(&check("ann")).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    let staying = tokio::spawn({
        let keto = keto.clone();
        async move { keto.check(&check("ann")).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    leaving.abort();
    assert_eq!(staying.await.unwrap().unwrap(), Decision::Allowed);
}

#[tokio::test]
async fn decisions_are_kept_for_their_own_times() {
    let denied = MockResponse::new(200, r#"{"allowed":false}"#);
    let allowed = MockResponse::new(200, r#"{"allowed":true}"#);

    let server = MockServer::start([allowed.clone()]).await;
    let keeps_nothing = keto(&server);
    for _ in 0..2 {
        assert_eq!(keeps_nothing.check(&check("ann")).await.unwrap(), Decision::Allowed);
    }
    assert_eq!(server.requests().len(), 2);

    let server = MockServer::start([denied.clone(), allowed.clone()]).await;
    let keeps_denials = keto(&server).denied_max_age(Duration::from_millis(150));
    for _ in 0..2 {
        assert_eq!(keeps_denials.check(&check("ann")).await.unwrap(), Decision::Denied);
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    for _ in 0..2 {
        assert_eq!(keeps_denials.check(&check("ann")).await.unwrap(), Decision::Allowed);
    }
    assert_eq!(server.requests().len(), 3);

    let server = MockServer::start([allowed, denied]).await;
    let keeps_allows = keto(&server).allowed_max_age(Duration::from_mins(1));
    for _ in 0..2 {
        assert_eq!(keeps_allows.check(&check("ann")).await.unwrap(), Decision::Allowed);
    }
    assert_eq!(keeps_allows.check(&check("bob")).await.unwrap(), Decision::Denied);
    keeps_allows.invalidate_all();
    assert_eq!(keeps_allows.check(&check("ann")).await.unwrap(), Decision::Denied);
    assert_eq!(server.requests().len(), 3);
}
