//! A guarded application over servers and networks that fail: never the page.

use crate::{
    frameworks::{Framework, PAGE, axum},
    servers::{APP_URL, LOGIN_URL},
};
use ::axum::{Router, routing::get};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use contract_tests::fault::{Fault, FaultyServer};
use futures_util::future::join_all;
use http::{Request, Response};
use keto_client::{
    Decision, HttpConfig, KetoClient,
    guard::{AllowAll, Authorization, Can, Condition, PermissionGuard, Refused},
};
use kratos_client::{
    KratosClient,
    guard::{SessionGuard, SignedIn},
    jwt::{Algorithm, JwtVerifier, TokenGuard},
};
use std::time::Duration;

fn http() -> HttpConfig {
    let limit = Duration::from_secs(2);
    HttpConfig::default().timeout(limit).connect_timeout(limit)
}

fn keto(server: &FaultyServer) -> Authorization {
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(http());
    Authorization::new(keto.build().unwrap())
}

fn sessions(kratos: impl kratos_client::Sessions + 'static) -> SessionGuard {
    SessionGuard::new(kratos, LOGIN_URL, APP_URL).unwrap()
}

fn request(accept: &str) -> Request<()> {
    let request = Request::builder().uri("/").header("host", "app.test").header("accept", accept);
    request.header("cookie", "ory_kratos_session=planted").body(()).unwrap()
}

fn assert_unavailable(response: &Response<Bytes>, context: &str) {
    assert_eq!(response.status(), 503, "{context}: {response:?}");
    let body = String::from_utf8_lossy(response.body());
    assert!(!body.contains(PAGE) && !body.contains("planted"), "{context}: {body}");
}

async fn assert_all_unavailable(
    sessions: &SessionGuard,
    permissions: &PermissionGuard,
    context: &str,
) {
    let accepted = ["text/html", "application/json"];
    let requests = Framework::ALL.into_iter().flat_map(|f| accepted.map(|accept| (f, accept)));
    join_all(requests.map(async |(framework, accept)| {
        let response = framework.send(sessions, permissions, request(accept)).await;
        assert_unavailable(&response, &format!("{context} {framework:?} {accept}"));
    }))
    .await;
}

#[actix_web::test]
async fn without_a_response_of_kratos_nobody_sees_the_page() {
    join_all(Fault::ALL.map(async |fault| {
        let server = FaultyServer::start(fault).await;
        let kratos = KratosClient::builder().public_url(server.url.as_str()).http(http());
        let permissions = Authorization::new(AllowAll).require("app:homepage#read").unwrap();
        let sessions = sessions(kratos.build().unwrap());
        assert_all_unavailable(&sessions, &permissions, &format!("{fault:?}")).await;
    }))
    .await;
}

/// Nor by a condition that a denial meets.
#[actix_web::test]
async fn without_a_decision_of_keto_nobody_sees_the_page() {
    let one: Condition = "app:homepage#read".parse().unwrap();
    let two = Condition::any(["app:homepage#read", "app:homepage#write"]).unwrap();
    let conditions = [one.clone(), two.clone(), Condition::not(one), Condition::not(two)];
    join_all(Fault::ALL.map(async |fault| {
        let server = FaultyServer::start(fault).await;
        join_all(conditions.iter().map(async |condition| {
            let permissions = keto(&server).require_condition(condition.clone());
            let sessions = sessions(SignedIn::as_identity("ann"));
            let context = format!("{fault:?} {condition:?}");
            assert_all_unavailable(&sessions, &permissions, &context).await;
        }))
        .await;
    }))
    .await;
}

async fn rows(can: Can) -> Result<&'static str, Refused> {
    let results = can.check_each([("app", "1", "read"), ("app", "2", "read")]).await?;
    assert!(results.iter().all(|result| *result != Ok(Decision::Allowed)));
    Ok("rows")
}

async fn row(can: Can) -> Result<&'static str, Refused> {
    assert!(!can.check("app", "1", "read").await?.is_allowed());
    Ok("rows")
}

#[tokio::test]
async fn without_a_decision_of_keto_a_handler_gets_an_error() {
    join_all(Fault::ALL.map(async |fault| {
        let server = FaultyServer::start(fault).await;
        for page in [get(rows), get(row)] {
            let app = Router::new().route("/", page).layer(keto(&server));
            let app = app.layer(sessions(SignedIn::as_identity("ann")));
            assert_unavailable(&axum(app, request("*/*")).await, &format!("{fault:?}"));
        }
    }))
    .await;
}

#[tokio::test]
async fn without_keys_no_token_is_valid() {
    let part = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let (header, claims) = (r#"{"alg":"ES256","kid":"planted"}"#, r#"{"sub":"ann"}"#);
    let token = format!("{}.{}.{}", part(header), part(claims), part("signature"));
    join_all(Fault::ALL.map(async |fault| {
        let server = FaultyServer::start(fault).await;
        let tokens = JwtVerifier::builder(server.url.as_str()).issuer("https://issuer.test");
        let tokens = tokens.algorithms([Algorithm::Es256]).http(http()).build().unwrap();
        let app = Router::new().route("/", get(async || PAGE)).layer(TokenGuard::new(tokens));
        let mut request = request("*/*");
        let token = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", token);
        assert_unavailable(&axum(app, request).await, &format!("{fault:?}"));
    }))
    .await;
}
