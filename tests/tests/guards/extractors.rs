//! What handlers read of a request, and what it costs.

use crate::{
    frameworks::{actix, axum},
    servers::{KetoSays, KratosSays, Servers, session},
};
use actix_web::{App, web};
use axum::{
    Router,
    body::Body,
    routing::{any, get},
};
use bytes::Bytes;
use contract_tests::in_memory::{error, json};
use futures_util::{StreamExt, stream};
use http::{Request, Response};
use http_body_util::BodyExt;
use keto_client::{
    Subject,
    guard::{Can, Permit, Refused, RequiredPermission},
};
use kratos_client::guard::{ActiveIdentity, ActiveSession, OptionalSession};
use serde::Deserialize;
use tower::ServiceExt;

fn get_with_cookie(uri: &str) -> Request<()> {
    let request = Request::builder().uri(uri).header("host", "app.test");
    request.header("cookie", "ory_kratos_session=planted").body(()).unwrap()
}

/// Each request of a server stands for whoever sent it, whatever came before it.
#[actix_web::test]
async fn nobody_gets_the_session_of_another_request() {
    async fn who(identity: ActiveIdentity, can: Can) -> String {
        format!("{} {:?}", identity.id, can.subject())
    }
    for cached in [false, true] {
        let kratos = |request: &Request<Bytes>| {
            let cookie = request.headers()["cookie"].to_str().unwrap();
            let id = cookie.strip_prefix("ory_kratos_session=").unwrap();
            Ok(match id {
                "nobody" => error(401, "No valid session"),
                id => json(200, session(true).replace("\"ann\"", &format!("{id:?}"))),
            })
        };
        let servers = Servers::answering(kratos, KetoSays::Allowed).cached(cached);
        let (sessions, permissions) = (servers.sessions(), servers.authorization());
        let page = web::resource("/").wrap(permissions.clone()).wrap(sessions.clone());
        let page = page.route(web::get().to(who));
        let actix = actix_web::test::init_service(App::new().service(page)).await;
        let app = Router::new().route("/", get(who)).layer(permissions).layer(sessions);
        for id in ["ann", "eve", "nobody", "ann", "", "eve"] {
            let is_known = ["ann", "eve"].contains(&id);
            let expected = format!("{id} {:?}", Subject::set("User", id, ""));
            let cookie = format!("ory_kratos_session={id}");
            let mut sent = actix_web::test::TestRequest::get();
            let mut request = Request::builder().uri("/");
            if !id.is_empty() {
                sent = sent.insert_header(("cookie", &*cookie));
                request = request.header("cookie", &*cookie);
            }
            let response = actix_web::test::call_service(&actix, sent.to_request()).await;
            assert_eq!(response.status() == 200, is_known, "{id} {cached}");
            let by_actix = actix_web::test::read_body(response).await;
            let by_axum = axum(app.clone(), request.body(()).unwrap()).await;
            assert_eq!(by_axum.status() == 200, is_known, "{id} {cached}");
            for body in [&by_actix, by_axum.body()] {
                assert_eq!(*body == expected, is_known, "{id} {cached}: {body:?}");
            }
        }
    }
}

#[derive(Deserialize)]
struct Person {
    email: String,
}

#[derive(Deserialize, Debug)]
struct Other {
    #[expect(dead_code, reason = "only its absence in the traits counts")]
    phone: String,
}

struct ReadHomepage;

impl RequiredPermission for ReadHomepage {
    const TEMPLATE: &'static str = "app:homepage#read";
}

async fn page(
    session: ActiveSession<Person>,
    identity: ActiveIdentity,
    optional: OptionalSession,
    can: Can,
    _: Permit<ReadHomepage>,
) -> String {
    let rows = ["1", "2", "1"].map(|id| ("Document", id, "view"));
    let rows = can.check_each(rows).await.map(|rows| rows.len());
    let optional = optional.0.map(|session| session.id.to_string());
    format!("{} {} {optional:?} {rows:?}", session.identity.traits.email, identity.id)
}

#[actix_web::test]
async fn all_extractors_and_guards_ask_kratos_once() {
    let expected = r#"ann@example.test ann Some("s") Ok(3)"#;
    for framework in ["axum", "actix-web"] {
        let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
        let (sessions, permissions) = (servers.sessions(), servers.authorization());
        let response = match framework {
            "axum" => {
                let app = Router::new().route("/", get(page)).layer(permissions);
                axum(app.layer(sessions.clone()).layer(sessions), get_with_cookie("/")).await
            }
            _ => {
                let guarded = web::resource("/").wrap(permissions).wrap(sessions.clone());
                let guarded = guarded.wrap(sessions).route(web::get().to(page));
                actix(App::new().service(guarded), get_with_cookie("/")).await
            }
        };
        assert_eq!(response.body(), expected, "{framework}: {response:?}");
        // One whoami; the check of the extractor and the batch of the handler.
        let batch = servers.keto.requests().pop().unwrap();
        let batch: serde_json::Value = serde_json::from_slice(batch.body()).unwrap();
        assert_eq!(batch["tuples"].as_array().unwrap().len(), 2, "each tuple once");
        assert_eq!(servers.take_counts(), (1, 2), "{framework}");
    }
}

/// The status in axum, which is the same in actix-web.
async fn status(servers: &Servers, optional: bool, request: Request<()>) -> (u16, Bytes) {
    let sessions = servers.sessions();
    let sessions = if optional { sessions.optional() } else { sessions };
    let handler = async |session: OptionalSession<Person>| session.0.is_some().to_string();
    let app = Router::new().route("/", get(handler)).layer(sessions.clone());
    let by_axum = axum(app, request.clone()).await;
    let handler = |session: OptionalSession<Person>| async move { session.0.is_some().to_string() };
    let page = web::resource("/").wrap(sessions).route(web::get().to(handler));
    let by_actix = actix(App::new().service(page), request).await;
    assert_eq!(by_axum.status(), by_actix.status());
    assert_eq!(by_axum.body(), by_actix.body());
    (by_axum.status().as_u16(), by_axum.into_body())
}

#[actix_web::test]
async fn an_optional_session_is_none_for_no_session_alone() {
    for (says, expected) in [
        (KratosSays::Active, (200, Some("true"))),
        (KratosSays::NoSession, (200, Some("false"))),
        (KratosSays::SecondFactorRequired, (401, None)),
        (KratosSays::Inactive, (403, None)),
        (KratosSays::Nothing, (503, None)),
    ] {
        let servers = Servers::new(says, KetoSays::Allowed);
        let (status, body) = status(&servers, true, get_with_cookie("/")).await;
        assert_eq!(status, expected.0, "{says:?}");
        assert!(expected.1.is_none_or(|expected| body == expected), "{says:?}: {body:?}");
        // axum's own Option is the same.
        let handler = async |session: Option<ActiveSession>| session.is_some().to_string();
        let app = Router::new().route("/", get(handler)).layer(servers.sessions().optional());
        assert_eq!(axum(app, get_with_cookie("/")).await.status().as_u16(), expected.0);
    }
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let (status, body) = status(&servers, true, Request::new(())).await;
    assert_eq!((status, &body[..]), (200, &b"false"[..]));
    assert_eq!(servers.take_counts(), (0, 0));
}

#[actix_web::test]
async fn a_missing_guard_is_a_500_and_no_panic() {
    async fn session(_: ActiveSession) {}
    async fn optional(_: OptionalSession) {}
    async fn can(_: Can) {}
    async fn permit(_: Permit<ReadHomepage>) {}
    let app = Router::new()
        .route("/session", get(session))
        .route("/optional", get(optional))
        .route("/can", get(can))
        .route("/permit", get(permit));
    for path in ["/session", "/optional", "/can", "/permit"] {
        let response = axum(app.clone(), get_with_cookie(path)).await;
        assert_problem(&response, 500);
        let app = App::new()
            .route("/session", web::get().to(|_: ActiveSession| async { "page" }))
            .route("/optional", web::get().to(|_: OptionalSession| async { "page" }))
            .route("/can", web::get().to(|_: Can| async { "page" }))
            .route("/permit", web::get().to(|_: Permit<ReadHomepage>| async { "page" }));
        assert_problem(&actix(app, get_with_cookie(path)).await, 500);
    }
}

fn assert_problem(response: &Response<Bytes>, status: u16) {
    assert_eq!(response.status(), status, "{response:?}");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(problem["status"], status);
}

#[actix_web::test]
async fn traits_of_another_type_are_a_500() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let app = Router::new().route("/", get(async |_: ActiveSession<Other>| "page"));
    let response = axum(app.layer(servers.sessions()), get_with_cookie("/")).await;
    assert_problem(&response, 500);
    assert!(!String::from_utf8_lossy(response.body()).contains("ann@"));
}

#[actix_web::test]
async fn a_guard_of_permissions_without_a_login_is_a_401() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let guard = servers.authorization().require("app:homepage#read").unwrap();
    let app = Router::new().route("/", get(async || "page")).layer(guard);
    assert_problem(&axum(app, get_with_cookie("/")).await, 401);
    assert_eq!(servers.take_counts(), (0, 0));
}

/// An optional guard lets the request through, and leaves it to whoever asks for the session or for what
/// only a session can have.
#[actix_web::test]
async fn an_optional_guard_gives_nobody_more_than_its_requirements_and_errors_allow() {
    async fn permit(_: Permit<ReadHomepage>) -> &'static str {
        "page"
    }
    async fn session(session: OptionalSession) -> String {
        session.0.is_some().to_string()
    }
    for (says, second_factor, permit_status, session_status) in [
        (KratosSays::Active, false, 200, 200),
        (KratosSays::Active, true, 401, 401),
        (KratosSays::NoSession, true, 401, 200),
        (KratosSays::Nothing, false, 503, 503),
    ] {
        let servers = Servers::new(says, KetoSays::Allowed);
        let sessions = servers.sessions().optional();
        let sessions = if second_factor { sessions.require_second_factor() } else { sessions };
        let app = Router::new().route("/permit", get(permit)).route("/session", get(session));
        let app = app.layer(servers.authorization()).layer(sessions.clone());
        for (path, status) in [("/permit", permit_status), ("/session", session_status)] {
            let response = axum(app.clone(), get_with_cookie(path)).await;
            assert_eq!(response.status(), status, "axum {says:?} {path}: {response:?}");
            let app = App::new().wrap(servers.authorization()).wrap(sessions.clone());
            let app = app.route("/permit", web::get().to(permit));
            let app = app.route("/session", web::get().to(session));
            let response = actix(app, get_with_cookie(path)).await;
            assert_eq!(response.status(), status, "actix-web {says:?} {path}: {response:?}");
        }
    }
}

#[actix_web::test]
async fn an_error_of_keto_in_a_handler_is_a_503() {
    async fn page(can: Can) -> Result<String, Refused> {
        Ok(format!("{:?}", can.check("app", "homepage", "read").await?))
    }
    for (says, status) in
        [(KetoSays::Allowed, 200), (KetoSays::Denied, 200), (KetoSays::Nothing, 503)]
    {
        let servers = Servers::new(KratosSays::Active, says);
        let app = Router::new().route("/", get(page)).layer(servers.authorization());
        let response = axum(app.layer(servers.sessions()), get_with_cookie("/")).await;
        assert_eq!(response.status(), status, "{response:?}");
    }
}

/// A body is passed on piece by piece: the second one never comes.
#[tokio::test]
async fn bodies_are_streamed() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let endless = async |body: Body| {
        let first = body.into_data_stream().next().await.unwrap();
        Body::from_stream(stream::iter([first]).chain(stream::pending()))
    };
    let app = Router::new().route("/", any(endless)).layer(servers.sessions());
    let sent =
        stream::iter([Ok::<_, std::io::Error>(Bytes::from("first"))]).chain(stream::pending());
    let request = get_with_cookie("/").map(|()| Body::from_stream(sent));
    let mut response = app.oneshot(request).await.unwrap();
    let frame = response.body_mut().frame().await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), "first");
}
