//! The Kratos for tests as a test uses it.

#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, reason = "a test")]

use http::StatusCode;
use kratos_client::{
    GetIdentityOptions, HttpConfig, Identities, IdentityState, ImportedPassword, ListIdentities,
    Metadata, NewIdentity, RetryConfig, SessionToken, Sessions,
    flow::{
        Caller, CreateFlowOptions, Flow, Login, Password, Recovery, UpdateFlowBody,
        UpdateFlowOutcome,
    },
    prelude::Flows,
    testing::{Fault, KratosServer, KratosServerBuilder, Storage},
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    io,
    net::TcpStream,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const ANN: &str = "ann@example.test";
const ID: &str = "6f0c1d5e-3f0b-4a55-9f3e-0a6c2b1d7a01";

fn ann() -> NewIdentity {
    let ann = NewIdentity::new("default", json!({"email": ANN})).unwrap();
    ann.password(ImportedPassword::plain("a password of Ann"))
}

fn with_ann() -> KratosServerBuilder {
    KratosServer::builder().identity_with_id(ID, ann())
}

#[test]
fn it_starts_in_less_than_20_ms() {
    let fastest = (0..10)
        .map(|_| {
            let started = Instant::now();
            let kratos = with_ann().start().unwrap();
            TcpStream::connect(kratos.public_url().socket_addrs(|| None).unwrap()[0]).unwrap();
            started.elapsed()
        })
        .min();
    assert!(fastest.unwrap() < Duration::from_millis(20), "{fastest:?}");
}

async fn log_in(kratos: &KratosServer, password: &str) -> Option<SessionToken> {
    let (client, app) = (kratos.client(), Caller::native());
    let login: &dyn Flows<Login> = &client;
    let flow = login.create(&CreateFlowOptions::new(), &app).await.unwrap().value;
    let body = UpdateFlowBody::<Login>::password(ANN, &Password::new(password));
    match login.submit(&flow.into_flow().unwrap(), &body, &app).await.unwrap().value {
        UpdateFlowOutcome::Completed(login) => login.session_token,
        _ => None,
    }
}

#[tokio::test]
async fn it_needs_no_port() {
    let kratos = with_ann().in_process().unwrap();
    assert!(log_in(&kratos, "a wrong password").await.is_none());
    let token = log_in(&kratos, "a password of Ann").await.unwrap();
    let session = kratos.client().whoami(&token.into()).await.unwrap().active().unwrap();
    assert_eq!(session.identity.id.as_str(), ID);
}

#[tokio::test]
async fn sessions_can_be_cacheable() {
    let kratos = with_ann().cacheable_sessions(Duration::from_mins(1)).in_process().unwrap();
    let token = log_in(&kratos, "a password of Ann").await.unwrap();
    let uri = kratos.public_url().join("sessions/whoami").unwrap();
    let request = http::Request::get(uri.as_str()).header("x-session-token", token.expose());
    let response = kratos.service().call(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["ory-session-cache-for"], "60");
}

#[tokio::test]
async fn the_courier_has_the_codes() {
    let kratos = with_ann().in_process().unwrap();
    let (client, app) = (kratos.client(), Caller::native());
    let recovery: &dyn Flows<Recovery> = &client;
    let flow = recovery.create(&CreateFlowOptions::new(), &app).await.unwrap().value;
    let flow: Flow<Recovery> = flow.into_flow().unwrap();
    let send = UpdateFlowBody::<Recovery>::send_code(ANN);
    recovery.submit(&flow, &send, &app).await.unwrap();
    let messages = kratos.courier_messages();
    assert_eq!(messages.len(), 1);
    let code = kratos.last_code(ANN).unwrap();
    assert!(messages[0].recipient == ANN && messages[0].body.contains(&code));
    assert_eq!(kratos.last_code("nobody@example.test"), None);
}

#[tokio::test]
async fn it_fails_as_it_is_told() {
    let kratos = with_ann().start().unwrap();
    let http = HttpConfig::default().retries(RetryConfig::none());
    let client = kratos.client_builder().http(http).build().unwrap();
    let token = log_in(&kratos, "a password of Ann").await.unwrap().into();
    let whoami = async || client.whoami(&token).await;
    kratos.add_fault(Fault::status(StatusCode::BAD_GATEWAY).path_prefix("/sessions/whoami"));
    assert_eq!(whoami().await.unwrap_err().status(), Some(StatusCode::BAD_GATEWAY));
    assert!(client.is_ready().await.unwrap(), "another path");
    kratos.clear_faults();
    assert!(whoami().await.unwrap().active().is_some());
    let requests = kratos.requests();
    assert_eq!(format!("{:?}", requests.last().unwrap()), "GET /sessions/whoami");
}

#[tokio::test]
async fn failed_logins_can_be_limited() {
    let kratos = with_ann().max_failed_logins_per_second(2).in_process().unwrap();
    let (client, app) = (kratos.client(), Caller::native());
    let login: &dyn Flows<Login> = &client;
    let flow = login.create(&CreateFlowOptions::new(), &app).await.unwrap().value;
    let flow = flow.into_flow().unwrap();
    let body = UpdateFlowBody::<Login>::password(ANN, &Password::new("a guess"));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let result = login.submit(&flow, &body, &app).await;
        statuses.push(result.err().and_then(|error| error.status()));
    }
    assert!(statuses.contains(&Some(StatusCode::TOO_MANY_REQUESTS)), "{statuses:?}");
}

/// A storage in memory.
#[derive(Debug, Default)]
struct Memory(Mutex<BTreeMap<(String, String), Vec<u8>>>);

impl Storage for Memory {
    fn load(&self, table: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
        let entries = self.0.lock().unwrap();
        let of_table = entries.iter().filter(|((name, _), _)| name == table);
        Ok(of_table.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&self, table: &str, changes: &[(String, Option<Vec<u8>>)]) -> io::Result<()> {
        let mut entries = self.0.lock().unwrap();
        for (key, value) in changes {
            let key = (table.to_owned(), key.clone());
            match value {
                Some(value) => entries.insert(key, value.clone()),
                None => entries.remove(&key),
            };
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_is_confirmed_is_stored() {
    let storage = Arc::new(Memory::default());
    let start = || with_ann().storage(storage.clone()).in_process().unwrap();
    let kratos = start();
    let token = log_in(&kratos, "a password of Ann").await.unwrap();
    let bob = NewIdentity::new("default", json!({"email": "bob@example.test"})).unwrap();
    let bob = bob.state(IdentityState::Inactive);
    let bob = kratos.client().create_identity(&bob).await.unwrap();

    let kratos = start();
    let client = kratos.client();
    let everybody = client.list_identities_page(&ListIdentities::new()).await.unwrap();
    assert_eq!(everybody.items.len(), 2, "Ann once");
    let stored = client.get_identity(&bob.id, &GetIdentityOptions::new()).await.unwrap();
    assert_eq!(stored.state, Some(IdentityState::Inactive));
    assert!(client.whoami(&token.into()).await.unwrap().active().is_some());
    assert!(log_in(&kratos, "a wrong password").await.is_none());
    assert!(log_in(&kratos, "a password of Ann").await.is_some());
    let stored = storage.0.lock().unwrap();
    let plain =
        stored.values().find(|value| String::from_utf8_lossy(value).contains("a password of Ann"));
    assert!(plain.is_none(), "a password is stored as a hash");
}
