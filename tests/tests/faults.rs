//! Servers that misbehave: every operation has a clear error in time, and the app shows nothing.

#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "a test")]

use contract_tests::{
    app::{serve, traits},
    fault::{Fault, FaultyServer},
    mock_server::{MockResponse, MockServer},
    tls::{Behaviour, TlsServer},
};
use http::StatusCode;
use keto_client::{
    ApiVersion, BatchPermissions, Check, Expand, HttpConfig, KetoClient, ListRelationships,
    Namespaces, OplSyntax, Permissions, RelationQuery, Relationships, SubjectSet,
};
use kratos_client::{
    Credential, ExchangeCode, Flows, Frontend, KratosClient, Logout, LogoutOptions, MySessions,
    PageRequest, SessionToken, Sessions, Whoami,
    flow::{Caller, CreateFlowOptions, Flow, Login, Password, UpdateFlowBody},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A part of the error's text that a reader needs, and whether trying again may help.
fn expected(fault: Fault) -> (&'static str, bool) {
    match fault {
        Fault::Refuse => ("could not connect", true),
        Fault::Hangup
        | Fault::Garbage
        | Fault::ResetInHeaders
        | Fault::ResetInBody
        | Fault::WrongLength
        | Fault::ManyHeaders => ("was interrupted", true),
        Fault::Hang | Fault::Stall | Fault::Trickle => ("within the timeout", true),
        Fault::GzipBomb => ("invalid JSON", false),
        Fault::Status(503) => ("503 Service Unavailable", true),
        Fault::Status(status) => match status {
            101 => ("101 Switching Protocols", false),
            204 => ("204 No Content", false),
            206 => ("206 Partial Content", false),
            301 => ("301 Moved Permanently", false),
            418 => ("418 I'm a teapot", false),
            _ => ("599", false),
        },
        Fault::Html(200) | Fault::WrongType => ("not JSON but text/html", false),
        Fault::Html(401) => ("401", false),
        Fault::Html(403) => ("403", false),
        Fault::Html(_) => ("502 Bad Gateway", true),
        Fault::CutJson | Fault::Empty => ("unexpected end of JSON", false),
        Fault::OtherJson => ("response", false),
        Fault::Huge | Fault::HugeChunked => ("larger than the body limit of 8388608 bytes", false),
        Fault::Redirect => ("307 Temporary Redirect", false),
        Fault::Envelope(403) => ("403 Forbidden, some_id", false),
        Fault::Envelope(429) => ("429 Too Many Requests, some_id", true),
        Fault::Envelope(_) => ("500 Internal Server Error, some_id", false),
    }
}

const LIMIT: Duration = Duration::from_millis(700);

/// The timeout of a call. Where the server does respond, or refuses, a busy machine has time for it.
fn limit(fault: Fault) -> Duration {
    match fault {
        Fault::Hang | Fault::Stall | Fault::Trickle => LIMIT,
        _ => 10 * LIMIT,
    }
}

fn http(limit: Duration) -> HttpConfig {
    HttpConfig::default().timeout(limit)
}

fn keto(server: &FaultyServer, api_version: ApiVersion) -> KetoClient {
    let url = server.url.as_str();
    KetoClient::builder()
        .read_url(url)
        .write_url(url)
        .api_version(api_version)
        .http(http(limit(server.fault)))
        .build()
        .unwrap()
}

fn kratos(server: &FaultyServer) -> KratosClient {
    KratosClient::builder()
        .public_url(server.url.as_str())
        .http(http(limit(server.fault)))
        .build()
        .unwrap()
}

fn cookies() -> Credential {
    Credential::from_cookie_headers(["ory_kratos_session=planted-cookie; other=planted-other"])
}

fn check() -> Check {
    "app:homepage#read@planted-subject".parse().map(Check::new).unwrap()
}

/// What an operation came to: its error, in time, with its name, and without a secret.
fn assert_fails<T>(result: Result<T, keto_client::Error>, fault: Fault, started: Instant) {
    let elapsed = started.elapsed();
    assert!(elapsed < 3 * limit(fault), "{fault:?} took {elapsed:?}");
    let Err(error) = result else { panic!("{fault:?} is no error") };
    let (text, retryable) = expected(fault);
    let operation = error.operation();
    assert!(error.to_string().starts_with(operation), "{error}");
    assert!(error.to_string().contains(text), "{fault:?}, {operation}: {error}");
    assert_eq!(error.is_retryable(), retryable, "{fault:?}, {operation}: {error}");
    let source = std::error::Error::source(&error);
    let causes: Vec<_> = std::iter::successors(source, |cause| cause.source()).collect();
    let shown = format!(
        "{error} {error:?} {causes:?} {}",
        causes.iter().map(ToString::to_string).collect::<String>()
    );
    for secret in ["planted-cookie", "planted-other", "planted-subject"] {
        assert!(!shown.contains(secret), "{fault:?}, {operation}: {shown}");
    }
}

#[tokio::test]
async fn kratos_operations_fail_closed() {
    for fault in Fault::ALL {
        let server = FaultyServer::start(fault).await;
        let kratos = kratos(&server);
        let started = Instant::now();
        let whoami = kratos.whoami(&cookies()).await;
        if let Err(error) = &whoami {
            assert!(!format!("{error} {error:?}").contains("planted-reason"), "{error:?}");
        }
        assert_fails(whoami, fault, started);
        let started = Instant::now();
        let logout = kratos.logout_url(&cookies(), &LogoutOptions::new()).await;
        if fault != Fault::OtherJson || logout.is_ok() {
            assert_fails(logout, fault, started);
        }
    }
}

/// Each of the other operations of a person: an error in time, whatever it is.
#[tokio::test]
async fn flows_and_sessions_fail_closed() {
    let ui = r#"{"id":"f","ui":{"action":"a","method":"POST","nodes":[]}}"#;
    let flow: Flow<Login> = serde_json::from_str(ui).unwrap();
    let body =
        UpdateFlowBody::<Login>::password("planted-identifier", &Password::new("planted-password"));
    let token = SessionToken::new("planted-token").unwrap();
    let (me, app) = (Credential::from(token.clone()), Caller::from(token.clone()));
    for fault in Fault::ALL {
        let server = FaultyServer::start(fault).await;
        let http = http(limit(fault) / 4);
        let kratos = KratosClient::builder().public_url(server.url.as_str()).http(http);
        let kratos = kratos.api_version(kratos_client::ApiVersion::Current).build().unwrap();
        let started = Instant::now();
        let code = ExchangeCode::new("planted-code");
        let errors = [
            Flows::<Login>::create(&kratos, &CreateFlowOptions::new(), &app).await.err(),
            Flows::<Login>::get(&kratos, &flow.id, &app).await.err(),
            kratos.submit(&flow, &body, &app).await.err(),
            kratos.list_my_sessions_page(&me, &PageRequest::new()).await.err(),
            kratos.disable_my_other_sessions(&me).await.err(),
            kratos.tokenize(&me, "t").await.err(),
            kratos.exchange_session_token(&code, &code).await.err(),
            kratos.active_session_as::<serde_json::Value>(&cookies()).await.err(),
            kratos.get_flow_error("planted-id").await.err(),
        ];
        let revoked = kratos.disable_my_session(&me, &"s".into()).await.err();
        let logged_out = kratos.native_logout(&token).await.err();
        assert_eq!(revoked.is_none(), fault == Fault::Status(204), "{fault:?}");
        assert_eq!(logged_out.is_none(), fault == Fault::Status(204), "{fault:?}");
        for (at, error) in errors.into_iter().enumerate() {
            let error = error.unwrap_or_else(|| panic!("{fault:?}: operation {at} is no error"));
            assert!(!format!("{error} {error:?}").contains("planted"), "{fault:?}: {error:?}");
        }
        assert!(started.elapsed() < 11 * limit(fault), "{fault:?} took {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn keto_operations_fail_closed() {
    for fault in Fault::ALL {
        let server = FaultyServer::start(fault).await;
        for api_version in [ApiVersion::Current, ApiVersion::V0_7] {
            let keto = keto(&server, api_version);
            let started = Instant::now();
            assert_fails(keto.check(&check()).await, fault, started);
            let started = Instant::now();
            let list =
                keto.list_relationships_page(&ListRelationships::new(RelationQuery::new())).await;
            assert_fails(list, fault, started);
            let started = Instant::now();
            assert_fails(keto.batch_check(&[check(), check()]).await, fault, started);
            let started = Instant::now();
            let set = SubjectSet::new("app", "planted-subject", "read");
            assert_fails(keto.expand(&set.into()).await, fault, started);
            if api_version == ApiVersion::Current {
                let started = Instant::now();
                assert_fails(keto.list_namespaces().await, fault, started);
            }
            let started = Instant::now();
            let opl = keto.check_opl_syntax("class planted-subject {}").await;
            if fault == Fault::OtherJson {
                opl.unwrap_err();
            } else {
                assert_fails(opl, fault, started);
            }
            // Writes read nothing but the status; one that is not theirs is an error.
            let tuple = check().tuple().clone();
            keto.create_relationship(&tuple).await.unwrap_err();
            let deleted = keto.delete_relationship(&tuple).await;
            assert_eq!(deleted.is_ok(), fault == Fault::Status(204), "{fault:?}");
        }
        let started = Instant::now();
        keto(&server, ApiVersion::Detect).check(&check()).await.unwrap_err();
        assert!(started.elapsed() < 3 * limit(fault), "{fault:?}");
    }
}

#[actix_web::test]
async fn the_app_answers_503_and_shows_nothing() {
    for fault in Fault::ALL {
        let server = FaultyServer::start(fault).await;
        // Kratos misbehaves; Keto would let everybody in.
        let (listener, url) = contract_tests::app::port();
        let mut app = traits(kratos(&server), kratos(&server), allows());
        app.public_url = url;
        let served = serve(listener, app);
        let page = served.get("/", "ory_kratos_session=x").await;
        assert_eq!(page.status, 503, "{fault:?}: {page:?}");
        assert!(!page.body.contains("Welcome"), "{fault:?}: {page:?}");

        // Keto misbehaves; Kratos knows the visitor.
        let (listener, url) = contract_tests::app::port();
        let mut app = traits(knows(), kratos(&server), keto(&server, ApiVersion::Detect));
        app.public_url = url;
        let served = serve(listener, app);
        let page = served.get("/", "ory_kratos_session=x").await;
        assert_eq!(page.status, 503, "{fault:?}: {page:?}");
        assert!(!page.body.contains("Welcome"), "{fault:?}: {page:?}");
    }
}

fn allows() -> keto_client::mock::MockPermissions {
    let mut permissions = keto_client::mock::MockPermissions::new();
    permissions.expect_check().returning(|_| Ok(keto_client::Decision::Allowed));
    permissions
}

fn knows() -> kratos_client::mock::MockSessions {
    let session: kratos_client::Session =
        serde_json::from_str(contract_tests::fault::ALLOW).unwrap();
    let mut sessions = kratos_client::mock::MockSessions::new();
    sessions.expect_whoami().returning(move |_| Ok(Whoami::Active(Arc::new(session.clone()))));
    sessions
}

/// The table in the documentation: each fault, and what comes of it. `UPDATE_FAULTS=1` writes it.
#[tokio::test]
async fn the_table_of_faults_is_true() {
    let mut table = String::from(
        "# What comes of faults\n\n\
         Each is done to every operation in turn by `cargo test -p contract-tests --test faults`, \
         which also holds this\ntable against what happens. Whatever the operation, the error is \
         the same, comes within the time limit, shows no\nsecret, and the demo app answers 503 and \
         shows nothing.\n\n\
         | the server or the way to it | the error of a check | worth another try |\n|---|---|---|\n",
    );
    for fault in Fault::ALL {
        let server = FaultyServer::start(fault).await;
        let error = keto(&server, ApiVersion::Current).check(&check()).await.unwrap_err();
        let retry = if error.is_retryable() { "yes" } else { "no" };
        table.push_str(&format!("| {} | {error} | {retry} |\n", fault.name()));
    }
    for (name, behaviour, trusted) in [
        ("a certificate that nobody vouches for", Behaviour::Allow, false),
        ("TLS that never answers", Behaviour::Silent, true),
        ("HTTP/2 that goes away", Behaviour::GoAway, true),
    ] {
        let error = over_tls(behaviour, trusted).await.unwrap_err();
        let retry = if error.is_retryable() { "yes" } else { "no" };
        table.push_str(&format!("| {name} | {error} | {retry} |\n"));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/FAULTS.md");
    if std::env::var_os("UPDATE_FAULTS").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), table);
}

async fn over_tls(
    behaviour: Behaviour,
    trusted: bool,
) -> Result<keto_client::Decision, keto_client::Error> {
    let server = TlsServer::start(behaviour).await;
    let mut http = http(LIMIT).connect_timeout(LIMIT / 2);
    if trusted {
        http = http.root_certificates(server.certificate.as_bytes()).unwrap();
    }
    let keto = KetoClient::builder().read_url(server.url.as_str()).http(http);
    let started = Instant::now();
    let result = keto.api_version(ApiVersion::Current).build().unwrap().check(&check()).await;
    assert!(started.elapsed() < 3 * LIMIT, "{behaviour:?}");
    result
}

#[tokio::test]
async fn a_certificate_of_ones_own_is_trusted_when_it_is_named() {
    let decision = over_tls(Behaviour::Allow, true).await.unwrap();
    assert!(decision.is_allowed());
    over_tls(Behaviour::Allow, false).await.unwrap_err();
    let error = http(LIMIT).root_certificates(b"no certificate").unwrap_err();
    assert_eq!(error.to_string(), "root certificates contains no certificate");
}

/// What is no decision is none, however much it looks like one.
#[tokio::test]
async fn only_a_decision_is_one() {
    for body in [
        "[true]",
        "true",
        r#"{"allowed":true,"error":"no relation"}"#,
        r#"{"allowed":true,"error":{"code":500,"message":"x"}}"#,
        r#"{"allowed":false,"allowed":true}"#,
        r#"{"allowed":1}"#,
        r#"{"Allowed":true}"#,
        r#"{"allowed":true} {"allowed":true}"#,
    ] {
        let server = MockServer::start([MockResponse::new(200, body)]).await;
        let keto =
            KetoClient::builder().read_url(server.url.as_str()).api_version(ApiVersion::Current);
        let result = keto.build().unwrap().check(&check()).await;
        assert!(result.is_err(), "{body}: {result:?}");
    }
}

/// Numbers that can't be reckoned with are no reason to panic.
#[tokio::test]
async fn no_number_is_too_large() {
    let busy = MockResponse::new(503, "{}").headers("retry-after: 18446744073709551615\r\n");
    let server = MockServer::start([busy]).await;
    let keto = KetoClient::builder().read_url(server.url.as_str()).api_version(ApiVersion::Current);
    let error = keto.build().unwrap().check(&check()).await.unwrap_err();
    assert!(error.retry_after().unwrap() > Duration::from_hours(1));
    for http in [
        HttpConfig::default().timeout(Duration::MAX),
        HttpConfig::default().connect_timeout(Duration::MAX),
        HttpConfig::default().max_in_flight(usize::MAX),
    ] {
        let keto = KetoClient::builder().read_url("http://127.0.0.1:1").http(http);
        assert!(keto.build().unwrap_err().to_string().contains("must be above zero and"));
    }
}

/// Callers that come while the server's dialect is being found out wait for one answer, not one
/// after the other.
#[tokio::test]
async fn a_hanging_server_holds_up_nobody_twice() {
    let server = FaultyServer::start(Fault::Hang).await;
    let keto = keto(&server, ApiVersion::Detect);
    let check = check();
    let started = Instant::now();
    let calls = (0..20).map(|_| keto.check(&check));
    for result in futures_util::future::join_all(calls).await {
        result.unwrap_err();
    }
    assert!(started.elapsed() < 2 * LIMIT, "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_status_is_told() {
    let server = FaultyServer::start(Fault::Envelope(500)).await;
    let error = keto(&server, ApiVersion::Current).check(&check()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(error.id(), Some("some_id"));
    assert_eq!(error.reason(), Some("planted-reason"));
}
