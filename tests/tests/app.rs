//! The demo app over mocks: each outcome of Kratos and Keto, and what a visitor gets for it.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::{
    app::{Seen, Served, port, serve, traits},
    mock_server::{MockResponse, MockServer},
};
use keto_client::{
    Check, Decision,
    mock::{MockMetadata, MockPermissions},
};
use kratos_client::{
    Credential, Error, ErrorKind, KratosClient, LogoutUrl, Session, Whoami,
    mock::{MockLogout, MockSessions},
};
use serde_json::json;
use std::sync::Arc;
use url::Url;

const COOKIE: &str = "ory_kratos_session=abc; theme=dark";

fn session(active: bool, traits: &serde_json::Value) -> Arc<Session> {
    let session = json!({
        "id": "s", "active": active,
        "identity": {"id": "identity-1", "schema_id": "default", "traits": traits},
    });
    Arc::new(serde_json::from_value(session).unwrap())
}

fn ann() -> Arc<Session> {
    session(true, &json!({"email": "ann@example.test"}))
}

fn sessions(answer: impl Fn() -> Result<Whoami, Error> + Send + 'static) -> MockSessions {
    let mut sessions = MockSessions::new();
    sessions.expect_whoami().returning(move |_| answer());
    sessions
}

/// Permissions that expect this question, and no other.
fn permissions(expected: &'static str, decision: Decision) -> MockPermissions {
    let mut permissions = MockPermissions::new();
    permissions
        .expect_check()
        .withf(move |check: &Check| check.tuple().try_to_string().as_deref() == Ok(expected))
        .times(1)
        .returning(move |_| Ok(decision));
    permissions
}

fn broken(operation: &'static str) -> Error {
    let problem = "planted problem";
    Error::new(operation, ErrorKind::Unexpected { status: None, problem })
}

fn start(
    sessions: MockSessions,
    permissions: MockPermissions,
    change: impl FnOnce(&mut demo_app::app::App),
) -> Served {
    let (listener, url) = port();
    let mut app = traits(sessions, MockLogout::new(), permissions);
    app.public_url = url;
    change(&mut app);
    serve(listener, app)
}

async fn home(sessions: MockSessions, permissions: MockPermissions) -> Seen {
    start(sessions, permissions, |_| {}).get("/", COOKIE).await
}

#[actix_web::test]
async fn allowed_sees_the_homepage() {
    let asks = permissions("app:homepage#read@(User:identity-1)", Decision::Allowed);
    let page = home(sessions(|| Ok(Whoami::Active(ann()))), asks).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Welcome to the homepage"));
}

#[actix_web::test]
async fn denied_is_403() {
    let asks = permissions("app:homepage#read@(User:identity-1)", Decision::Denied);
    let page = home(sessions(|| Ok(Whoami::Active(ann()))), asks).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("demo-app permissions grant"), "{}", page.body);
    assert!(page.body.contains("<code>User:identity-1</code>"), "{}", page.body);
}

#[actix_web::test]
async fn no_session_goes_to_the_login_ui_and_comes_back() {
    // Without a cookie nobody is asked; with one, Kratos says no.
    for (sessions, cookie) in
        [(MockSessions::new(), ""), (sessions(|| Ok(Whoami::NoSession)), COOKIE)]
    {
        let served = start(sessions, MockPermissions::new(), |_| {});
        let page = served.get("/", cookie).await;
        assert_eq!(page.status, 302);
        let mut login = Url::parse("http://ui.test/login").unwrap();
        let return_to = format!("{}?returned_from=login", served.url);
        login.query_pairs_mut().append_pair("return_to", &return_to);
        assert_eq!(page.location, Some(login));
    }
}

#[actix_web::test]
async fn a_cookie_that_kratos_cannot_have_made_is_no_session() {
    let invalid = || {
        let problem = "the session cookie is odd".to_owned();
        Err(Error::new("whoami", ErrorKind::InvalidInput { problem }))
    };
    assert_eq!(home(sessions(invalid), MockPermissions::new()).await.status, 302);
}

#[actix_web::test]
async fn not_active_is_403() {
    let inactive = || Ok(Whoami::Inactive(session(false, &json!({}))));
    let page = home(sessions(inactive), MockPermissions::new()).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("Not active"));
}

#[actix_web::test]
async fn a_second_factor_is_given_where_kratos_says() {
    let url = Url::parse("http://kratos.test/login/browser?aal=aal2").unwrap();
    let told = move || Ok(Whoami::SecondFactorRequired { redirect_to: Some(url.clone()) });
    let page = home(sessions(told), MockPermissions::new()).await;
    assert_eq!(page.status, 302);
    let to = page.location.unwrap();
    assert!(
        to.as_str().starts_with("http://kratos.test/login/browser?aal=aal2&return_to="),
        "{to}"
    );

    let untold = || Ok(Whoami::SecondFactorRequired { redirect_to: None });
    let to = home(sessions(untold), MockPermissions::new()).await.location.unwrap();
    assert!(to.as_str().starts_with("http://ui.test/login?aal=aal2&return_to="), "{to}");
}

#[actix_web::test]
async fn no_decision_is_503_and_shows_nothing() {
    let mut fails = MockPermissions::new();
    fails.expect_check().returning(|_| Err(broken("check")));
    for page in [
        home(sessions(|| Err(broken("whoami"))), MockPermissions::new()).await,
        home(sessions(|| Ok(Whoami::Active(ann()))), fails).await,
    ] {
        assert_eq!(page.status, 503);
        assert!(!page.body.contains("Welcome") && !page.body.contains("planted"), "{page:?}");
    }
}

#[actix_web::test]
async fn the_subject_can_be_the_email_without_at() {
    use demo_app::subject::SubjectStrategy::EmailWithoutAt;
    let asks = permissions("app:homepage#read@annexample.test", Decision::Allowed);
    let known = sessions(|| Ok(Whoami::Active(ann())));
    let served = start(known, asks, |app| app.subject = EmailWithoutAt);
    assert_eq!(served.get("/", COOKIE).await.status, 200);

    // Without an email there is no subject, and nobody is asked about an empty one.
    for traits in [json!({}), json!({"email": ""}), json!({"email": 1}), json!("@")] {
        let known = sessions(move || Ok(Whoami::Active(session(true, &traits))));
        let served = start(known, MockPermissions::new(), |app| app.subject = EmailWithoutAt);
        assert_eq!(served.get("/", COOKIE).await.status, 503);
    }
}

#[actix_web::test]
async fn the_subject_can_be_the_identity_id() {
    use demo_app::subject::SubjectStrategy::IdentityId;
    let asks = permissions("app:homepage#read@identity-1", Decision::Allowed);
    let known = sessions(|| Ok(Whoami::Active(ann())));
    let served = start(known, asks, |app| app.subject = IdentityId);
    assert_eq!(served.get("/", COOKIE).await.status, 200);
}

#[actix_web::test]
async fn what_a_subject_is_called_is_escaped() {
    let mallory = || {
        let mut session = ann();
        Arc::make_mut(&mut session).identity.id = "<script>alert(1)</script>".into();
        Ok(Whoami::Active(session))
    };
    let mut denies = MockPermissions::new();
    denies.expect_check().returning(|_| Ok(Decision::Denied));
    let page = home(sessions(mallory), denies).await;
    assert_eq!(page.status, 403);
    assert!(!page.body.contains("<script>"), "{}", page.body);
}

#[actix_web::test]
async fn oathkeeper_and_health_need_no_session() {
    let served = start(MockSessions::new(), MockPermissions::new(), |_| {});
    let greetings = served.get("/oathkeeper", "").await;
    assert_eq!(
        (greetings.status.as_u16(), greetings.body.as_str()),
        (200, r#"{"message":"greetings"}"#)
    );
    assert_eq!(served.get("/health/alive", "").await.body, r#"{"status":"ok"}"#);
    assert_eq!(served.get("/health/ready", "").await.status, 200);
    assert_eq!(served.get("/nonsense", "").await.status, 404);
    let posted = served.send("POST", "/oathkeeper", &[]).await;
    assert_eq!((posted.status.as_u16(), posted.body), (200, greetings.body));
}

#[actix_web::test]
async fn not_ready_while_a_dependency_is_not() {
    for answer in [|| Ok(false), || Err(broken("is ready"))] {
        let mut keto = MockMetadata::new();
        keto.expect_is_ready().returning(answer);
        let served = start(MockSessions::new(), MockPermissions::new(), |app| {
            app.dependencies.push(("keto", Arc::new(keto)));
        });
        let page = served.get("/health/ready", "").await;
        assert_eq!(page.status, 503);
        assert!(page.body.contains(r#"{"errors":{"keto":""#), "{}", page.body);
        assert_eq!(served.get("/health/alive", "").await.status, 200);
    }
}

#[actix_web::test]
async fn only_this_site_can_log_out() {
    let mut logout = MockLogout::new();
    logout.expect_logout_url().returning(|credential, options| {
        assert!(matches!(credential, Credential::CookieHeader(_)));
        assert!(options.return_to.is_some());
        Ok(Some(LogoutUrl::new(Url::parse("http://kratos.test/logout?token=t").unwrap())))
    });
    let served = start(MockSessions::new(), MockPermissions::new(), |app| {
        app.logout = Arc::new(logout);
    });
    let origin = served.url.as_str().trim_end_matches('/').to_owned();
    for (headers, status) in [
        (vec![("sec-fetch-site", "same-origin")], 302),
        (vec![("origin", origin.as_str())], 302),
        (vec![("sec-fetch-site", "cross-site"), ("origin", origin.as_str())], 403),
        (vec![("origin", "http://evil.test")], 403),
        (vec![("origin", "null")], 403),
        (vec![], 403),
    ] {
        let headers = [headers, vec![("cookie", COOKIE)]].concat();
        let page = served.send("POST", "/logout", &headers).await;
        assert_eq!(page.status, status, "{headers:?}");
        let to = page.location.map(String::from);
        let expected = (status == 302).then(|| "http://kratos.test/logout?token=t".to_owned());
        assert_eq!(to, expected);
    }
}

#[actix_web::test]
async fn head_and_post_are_protected_as_get_is() {
    type Answers = (fn() -> Result<Whoami, Error>, fn() -> Result<Decision, keto_client::Error>);
    let outcomes: [(u16, Answers); 7] = [
        (200, (|| Ok(Whoami::Active(ann())), || Ok(Decision::Allowed))),
        (403, (|| Ok(Whoami::Active(ann())), || Ok(Decision::Denied))),
        (503, (|| Ok(Whoami::Active(ann())), || Err(broken("check")))),
        (503, (|| Err(broken("whoami")), || Ok(Decision::Allowed))),
        (302, (|| Ok(Whoami::NoSession), || Ok(Decision::Allowed))),
        (403, (|| Ok(Whoami::Inactive(session(false, &json!({})))), || Ok(Decision::Allowed))),
        (
            302,
            (|| Ok(Whoami::SecondFactorRequired { redirect_to: None }), || Ok(Decision::Allowed)),
        ),
    ];
    for (status, (whoami, decision)) in outcomes {
        let mut permissions = MockPermissions::new();
        permissions.expect_check().returning(move |_| decision());
        let served = start(sessions(whoami), permissions, |_| {});
        // Without an id of a proxy, each error page has one of its own.
        let cookie = [("cookie", COOKIE), ("x-request-id", "id-of-the-proxy")];
        let get = served.send("GET", "/", &cookie).await;
        let post = served.send("POST", "/", &cookie).await;
        let head = served.send("HEAD", "/", &cookie).await;
        assert_eq!(get.status, status);
        for seen in [&post, &head] {
            assert_eq!((seen.status, &seen.location), (get.status, &get.location));
            for header in ["content-type", "content-length", "content-security-policy"] {
                assert_eq!(seen.headers.get(header), get.headers.get(header), "{header}");
            }
        }
        assert_eq!(post.body, get.body);
        assert_eq!(head.body, "");
        assert_eq!(get.body.contains("id-of-the-proxy"), status == 503, "{}", get.body);
    }
}

#[actix_web::test]
async fn head_answers_wherever_get_does() {
    let served = start(MockSessions::new(), MockPermissions::new(), |_| {});
    for path in ["/oathkeeper", "/health/alive", "/health/ready", "/style.css"] {
        let (get, head) = (served.get(path, "").await, served.send("HEAD", path, &[]).await);
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.headers.get("content-length"), get.headers.get("content-length"));
    }
    assert_eq!(served.send("HEAD", "/nonsense", &[]).await.status, 404);
}

#[actix_web::test]
async fn a_method_that_a_path_lacks_is_405_with_those_that_it_has() {
    let mut sessions = MockSessions::new();
    sessions.expect_whoami().returning(|_| Ok(Whoami::NoSession));
    let served = start(sessions, MockPermissions::new(), |_| {});
    for (path, allowed) in [
        ("/", "GET, HEAD, POST"),
        ("/oathkeeper", "GET, HEAD, POST"),
        ("/health/alive", "GET, HEAD"),
        ("/health/ready", "GET, HEAD"),
        ("/style.css", "GET, HEAD"),
        ("/logout", "POST"),
    ] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"] {
            let seen = served.send(method, path, &[]).await;
            if allowed.split(", ").any(|allowed| allowed == method) {
                assert_ne!(seen.status, 405, "{method} {path}");
            } else {
                assert_eq!(seen.status, 405, "{method} {path}");
                assert_eq!(seen.headers["allow"], allowed, "{method} {path}");
                assert_eq!(seen.headers["x-frame-options"], "DENY");
            }
        }
    }
}

#[actix_web::test]
async fn embedded_servers_say_which_methods_a_path_has() {
    use keto_client::testing::KetoVersion;
    let embedded = contract_tests::servers::embedded(&Url::parse("http://app.test/").unwrap());
    let v0_7 = contract_tests::servers::testing_keto(KetoVersion::V0_7);
    let http = contract_tests::api::plain_http();
    // As Kratos v26.2.0, Keto v26.2.0 and Keto v0.7.0-alpha.1 answer.
    for (server, path, method, status, allow) in [
        (embedded.kratos.public_url(), "sessions/whoami", "POST", 401, None),
        (embedded.kratos.public_url(), "self-service/login", "PUT", 405, Some("GET, HEAD, POST")),
        (embedded.kratos.public_url(), "self-service/login", "GET", 303, None),
        (embedded.kratos.public_url(), "self-service/login/api", "POST", 405, Some("GET, HEAD")),
        (embedded.kratos.public_url(), "self-service/logout/api", "GET", 405, Some("DELETE")),
        (embedded.kratos.public_url(), "health/alive", "HEAD", 200, None),
        (embedded.kratos.public_url(), "health/alive", "OPTIONS", 405, Some("GET, HEAD")),
        (embedded.keto.read_url(), "relation-tuples", "PUT", 405, Some("GET, HEAD")),
        (embedded.keto.read_url(), "relation-tuples/check", "PUT", 405, Some("GET, HEAD, POST")),
        (embedded.keto.read_url(), "relation-tuples/batch/check", "HEAD", 405, Some("POST")),
        (
            embedded.keto.write_url(),
            "admin/relation-tuples",
            "GET",
            405,
            Some("DELETE, PATCH, PUT"),
        ),
        (v0_7.read_url(), "check", "PUT", 405, Some("GET, OPTIONS, POST")),
        (v0_7.read_url(), "relation-tuples", "HEAD", 405, Some("GET, OPTIONS")),
        (v0_7.read_url(), "relation-tuples", "OPTIONS", 200, Some("GET, OPTIONS")),
        (v0_7.write_url(), "relation-tuples", "GET", 405, Some("DELETE, OPTIONS, PATCH, PUT")),
    ] {
        let url = server.join(path).unwrap();
        let response = http.request(method.parse().unwrap(), url).send().await.unwrap();
        assert_eq!(response.status(), status, "{method} {path}");
        let said = response.headers().get("allow").map(|allow| allow.to_str().unwrap());
        assert_eq!(said, allow, "{method} {path}");
    }
}

/// Kratos says once, by a cookie, that a session was extended.
#[actix_web::test]
async fn cookies_that_kratos_sets_reach_the_browser() {
    let session = json!({
        "id": "s", "active": true, "expires_at": "2999-01-01T00:00:00Z",
        "identity": {"id": "i", "schema_id": "default", "state": "active", "traits": {}},
    });
    for (decision, status) in
        [(Some(Decision::Allowed), 200), (Some(Decision::Denied), 403), (None, 503)]
    {
        let extended = MockResponse::new(200, session.to_string())
            .headers("set-cookie: ory_kratos_session=longer; Path=/; Max-Age=99\r\n");
        let kratos = MockServer::start([extended]).await;
        let client = KratosClient::builder().public_url(kratos.url.as_str()).build().unwrap();
        let mut permissions = MockPermissions::new();
        permissions.expect_check().returning(move |_| decision.ok_or_else(|| broken("check")));
        let served = start(MockSessions::new(), permissions, |app| app.sessions = Arc::new(client));
        let seen = served.get("/", COOKIE).await;
        assert_eq!(seen.status, status);
        assert_eq!(seen.headers["set-cookie"], "ory_kratos_session=longer; Path=/; Max-Age=99");
    }
}

#[actix_web::test]
async fn cookies_may_come_in_several_headers() {
    let embedded = contract_tests::servers::embedded(&Url::parse("http://app.test/").unwrap());
    let kratos = contract_tests::servers::kratos_of(&embedded.kratos);
    let login = kratos.users.somebody().await;
    let cookies = kratos.users.cookies(&login).await;
    let mut denies = MockPermissions::new();
    denies.expect_check().returning(|_| Ok(Decision::Denied));
    let served = start(MockSessions::new(), denies, |app| app.sessions = kratos.sessions.clone());
    let headers: Vec<_> = std::iter::once("theme=dark")
        .chain(cookies.split("; "))
        .map(|cookie| ("cookie", cookie))
        .collect();
    assert!(headers.len() > 2);
    assert_eq!(served.send("GET", "/", &headers).await.status, 403, "{headers:?}");
}

/// What is larger than a browser sends is refused or left unread, and the app goes on.
#[actix_web::test]
async fn large_requests_are_not_taken_in() {
    let served = start(MockSessions::new(), MockPermissions::new(), |_| {});
    let http = contract_tests::api::plain_http();
    let large = "x".repeat(1024 * 1024);
    let header = http.get(served.url.clone()).header("cookie", &large).send().await;
    assert!(header.is_err() || header.unwrap().status().is_client_error());
    let body = http.post(served.url.join("/logout").unwrap()).body(large.repeat(50)).send().await;
    assert!(body.is_err() || body.unwrap().status() == 403);
    assert_eq!(served.get("/health/alive", "").await.status, 200);
}

#[actix_web::test]
async fn guessing_passwords_is_slowed_down() {
    let embedded = contract_tests::servers::embedded(&Url::parse("http://app.test/").unwrap());
    let kratos = contract_tests::servers::self_service_of(&embedded.kratos);
    let (mut told, mut slowed) = (0, 0);
    for _ in 0..30 {
        match guess(&kratos).await {
            Ok(()) => told += 1,
            Err(error) if error.status().is_some_and(|status| status == 429) => slowed += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(told >= 10 && slowed >= 5, "{told} told, {slowed} slowed");
}

async fn guess(kratos: &contract_tests::flows::SelfService) -> Result<(), Error> {
    use kratos_client::flow::{Caller, CreateFlowOptions, Login, Password, UpdateFlowBody};
    let app = Caller::native();
    let flow =
        kratos.login.create(&CreateFlowOptions::new(), &app).await?.value.into_flow().unwrap();
    let body = UpdateFlowBody::<Login>::password("ann@example.test", &Password::new("guess"));
    kratos.login.submit(&flow, &body, &app).await.map(drop)
}

#[actix_web::test]
async fn pages_carry_headers_that_protect_them() {
    for (public_url, hsts) in [(None, false), (Some("https://app.test/"), true)] {
        let served = start(MockSessions::new(), MockPermissions::new(), |app| {
            if let Some(url) = public_url {
                app.public_url = Url::parse(url).unwrap();
            }
        });
        let url = served.listens_at.clone();
        let answer = contract_tests::api::plain_http().get(url).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
        assert!(header("content-security-policy").unwrap().starts_with("default-src 'none'"));
        assert_eq!(header("x-frame-options"), Some("DENY"));
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert_eq!(header("cache-control"), Some("no-store"));
        assert_eq!(header("strict-transport-security").is_some(), hsts);
    }
}
