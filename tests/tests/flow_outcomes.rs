//! What comes of submitting a flow, and of asking who somebody is, by the answers of servers that
//! the tests over real ones do not get to give them.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::mock_server::{MockResponse, MockServer};
use kratos_client::{
    ApiVersion, Credential, Error, ErrorExt, ErrorId, ErrorKind, Flows, Frontend, KratosClient,
    Logout, LogoutOptions, Sessions, UpdateFedcmFlowBody, Whoami,
    flow::{
        Caller, ContinueWith, CreateFlowOptions, CreateFlowOutcome, Flow, GetFlowOutcome, Login,
        Password, Recovery, Settings, UpdateFlowBody, UpdateFlowOutcome,
    },
};
use serde::Deserialize;
use serde_json::json;

fn kratos(server: &MockServer) -> KratosClient {
    KratosClient::builder().public_url(server.url.as_str()).build().unwrap()
}

fn flow(nodes: &serde_json::Value) -> Flow<Login> {
    let ui = json!({"action": "http://evil.test/", "method": "POST", "nodes": nodes});
    serde_json::from_value(json!({"id": "f", "ui": ui})).unwrap()
}

async fn submit(say: MockResponse) -> Result<UpdateFlowOutcome<Login>, Error> {
    let server = MockServer::start([say]).await;
    let body = UpdateFlowBody::<Login>::password("ann@example.test", &Password::new("p"));
    let answer = kratos(&server).submit(&flow(&json!([])), &body, &Caller::native()).await?;
    Ok(answer.value)
}

fn error(code: u16, id: &str, more: &str) -> MockResponse {
    let body = format!(r#"{{"error":{{"code":{code},"id":"{id}","message":"m"}}{more}}}"#);
    MockResponse::new(code, body)
}

#[tokio::test]
async fn a_flow_that_is_over_names_its_successor() {
    let gone = error(410, "self_service_flow_expired", r#","use_flow_id":"next""#);
    let UpdateFlowOutcome::Gone { replacement } = submit(gone).await.unwrap() else {
        panic!("not gone")
    };
    assert_eq!(replacement.unwrap().as_str(), "next");
    let gone = submit(error(410, "self_service_flow_expired", "")).await.unwrap();
    assert_eq!(gone, UpdateFlowOutcome::Gone { replacement: None });
}

#[tokio::test]
async fn another_flow_comes_first() {
    for (code, id) in [(422, "browser_location_change_required"), (403, "session_refresh_required")]
    {
        let to = r#","redirect_browser_to":"http://kratos.test/login?refresh=true""#;
        match submit(error(code, id, to)).await.unwrap() {
            UpdateFlowOutcome::AnotherFlow { id: said, redirect_browser_to } => {
                assert_eq!(said, Some(ErrorId::from(id.to_owned())));
                assert_eq!(redirect_browser_to.query(), Some("refresh=true"));
            }
            other => panic!("{other:?}"),
        }
        for nowhere in ["javascript:alert(1)", "nonsense", ""] {
            let to = format!(r#","redirect_browser_to":"{nowhere}""#);
            submit(error(code, id, &to)).await.unwrap_err();
        }
    }
}

#[tokio::test]
async fn somebody_is_logged_in_already() {
    let outcome = submit(error(400, "session_already_available", "")).await.unwrap();
    assert_eq!(outcome, UpdateFlowOutcome::AlreadyLoggedIn);
}

/// An error whose code is that of another status, whose details are wherever Kratos puts them.
#[tokio::test]
async fn an_unverified_address_leads_to_its_verification() {
    let next = r#""continue_with":[{"action":"show_verification_ui","flow":{"id":"v"}},
        {"action":"fly","to":"the moon"}]"#;
    let id = r#""code":400,"id":"session_verified_address_required","message":"m""#;
    for body in [
        format!(r#"{{"error":{{{id},"details":{{{next}}}}}}}"#),
        format!(r#"{{"error":{{{id}}},{next}}}"#),
    ] {
        let UpdateFlowOutcome::AddressNotVerified { continue_with } =
            submit(MockResponse::new(403, &body)).await.unwrap()
        else {
            panic!("{body}")
        };
        let [ContinueWith::ShowVerificationUi { flow, .. }, ContinueWith::Other(_)] =
            &continue_with[..]
        else {
            panic!("{continue_with:?}")
        };
        assert_eq!(flow.id.as_str(), "v");
        // A server that fails says nothing of addresses.
        let error = submit(MockResponse::new(500, &body)).await.unwrap_err();
        assert_eq!(error.error_id(), Some(ErrorId::SessionVerifiedAddressRequired));
        assert_eq!(error.continue_with().len(), 2);
    }
    let bare = submit(MockResponse::new(403, format!(r#"{{"error":{{{id}}}}}"#))).await.unwrap();
    assert_eq!(bare, UpdateFlowOutcome::AddressNotVerified { continue_with: Vec::new() });
}

/// Only an error envelope is one, and none of it is a success, whatever status it comes with.
#[tokio::test]
async fn no_error_is_a_success() {
    let id = r#""id":"identity_disabled""#;
    for body in [
        format!(r#"{{"error":{{{id}}}}}"#),
        format!(r#"{{"error":{{{id},"message":1}}}}"#),
        format!(r#"{{"error":{{{id},"message":"m","code":"400"}}}}"#),
        format!(r#"{{"error":{{{id},"message":"m","code":-1}}}}"#),
        format!(r#"{{{id},"message":"m","code":401}}"#),
        format!(r#"[{{"error":{{{id},"message":"m"}}}}]"#),
        r#"{"error":["identity_disabled","m"]}"#.to_owned(),
        "<html>This account was disabled.</html>".to_owned(),
    ] {
        for status in [200, 400, 401, 403, 410, 422, 500] {
            let error = submit(MockResponse::new(status, &body)).await.unwrap_err();
            assert_eq!(error.error_id(), None, "{status} {body}");
        }
    }
    let envelope = format!(r#"{{"error":{{{id},"message":"m","code":200}}}}"#);
    submit(MockResponse::new(200, &envelope)).await.unwrap_err();
    submit(MockResponse::new(503, &envelope)).await.unwrap_err();
    assert_eq!(
        submit(MockResponse::new(401, &envelope)).await.unwrap(),
        UpdateFlowOutcome::IdentityDisabled
    );
}

/// A recovery that is over is told by a redirect, which is not followed.
#[tokio::test]
async fn a_redirect_to_a_flow_is_its_replacement() {
    let recover = async |status: u16, location: &str| {
        let header = format!("location: {location}\r\n").leak();
        let redirect = MockResponse::new(status, "").headers(header);
        let server = MockServer::start([redirect]).await;
        let flow: Flow<Recovery> = serde_json::from_value(json!({
            "id": "f", "ui": {"action": "a", "method": "POST"}
        }))
        .unwrap();
        let body = UpdateFlowBody::<Recovery>::send_code("ann@example.test");
        let outcome = kratos(&server).submit(&flow, &body, &Caller::native()).await;
        assert_eq!(server.requests().len(), 1, "it was followed");
        outcome.map(|answer| answer.value)
    };
    let flows = "http://kratos.test/base/self-service/recovery/flows";
    let outcome = recover(303, &format!("{flows}?id=next")).await.unwrap();
    assert_eq!(outcome, UpdateFlowOutcome::Gone { replacement: Some("next".into()) });
    for (status, location) in [
        (302, format!("{flows}?id=next")),
        (303, flows.to_owned()),
        (303, "http://kratos.test/self-service/login/flows?id=next".to_owned()),
        (303, "http://ui.test/settings?flow=next".to_owned()),
        (303, "/login".to_owned()),
        (303, "javascript:alert(1)".to_owned()),
    ] {
        recover(status, &location).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_flow_that_the_server_has_not_made_is_no_replacement() {
    let nil = r#","use_flow_id":"00000000-0000-0000-0000-000000000000""#;
    let gone = submit(error(410, "self_service_flow_expired", nil)).await.unwrap();
    assert_eq!(gone, UpdateFlowOutcome::Gone { replacement: None });
}

/// Redirects that an application passes on to a browser lead to the web, or are none.
#[tokio::test]
async fn a_browser_is_sent_to_the_web_only() {
    let cookie = Credential::from_cookie_headers(["ory_kratos_session=s"]);
    for (url, is_web) in [
        ("http://kratos.test/self-service/logout?token=t", true),
        ("https://kratos.test/", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
    ] {
        let body = json!({"logout_url": url, "logout_token": "t"}).to_string();
        let server = MockServer::start([MockResponse::new(200, body)]).await;
        let logout = kratos(&server).logout_url(&cookie, &LogoutOptions::new()).await;
        match logout {
            Ok(logout) => assert!(is_web && logout.is_some(), "{url}"),
            Err(error) => {
                assert!(!is_web, "{url}");
                assert!(matches!(error.kind(), ErrorKind::Unexpected { .. }), "{error}");
            }
        }
        let to = format!(r#","redirect_browser_to":"{url}""#);
        let server = MockServer::start([error(403, "session_aal2_required", &to)]).await;
        let created: Result<_, Error> = Flows::<Settings>::create(
            &kratos(&server),
            &CreateFlowOptions::new(),
            &Caller::native(),
        )
        .await;
        match created.map(|answer| answer.value) {
            Ok(CreateFlowOutcome::SecondFactorRequired { redirect_to }) => {
                assert!(is_web && redirect_to.is_some());
            }
            Ok(other) => panic!("{other:?}"),
            Err(_) => assert!(!is_web, "{url}"),
        }
        let body = json!({"error": {"code": 410, "message": "m", "details": {"redirect_to": url}}});
        let server = MockServer::start([MockResponse::new(410, body.to_string())]).await;
        let fetched: Result<_, Error> =
            Flows::<Login>::get(&kratos(&server), &"f".into(), &Caller::native()).await;
        match fetched {
            Ok(GetFlowOutcome::Gone { redirect_to }) => assert!(is_web && redirect_to.is_some()),
            Ok(other) => panic!("{other:?}"),
            Err(_) => assert!(!is_web, "{url}"),
        }
        for next in [
            json!({"action": "redirect_browser_to", "redirect_browser_to": url}),
            json!({"action": "show_settings_ui", "flow": {"id": "f", "url": url}}),
        ] {
            let next: ContinueWith = serde_json::from_value(next).unwrap();
            assert_eq!(next.browser_url().is_some(), is_web, "{next:?}");
        }
    }
}

/// Federated credential management answers as a login does; no open-source Kratos has it.
#[tokio::test]
async fn a_token_of_federated_credentials_is_a_login() {
    let hand_in = async |say: MockResponse| {
        let server = MockServer::start([say]).await;
        let kratos = KratosClient::builder().public_url(server.url.as_str());
        let kratos = kratos.api_version(ApiVersion::Current).build().unwrap();
        let token = UpdateFedcmFlowBody::new("c", "n", "t");
        kratos.update_fedcm_flow(&token, &Caller::browser([""])).await
    };
    let done =
        hand_in(MockResponse::new(200, r#"{"session":{"id":"s","active":true}}"#)).await.unwrap();
    assert!(
        matches!(done.value, UpdateFlowOutcome::Completed(logged_in) if logged_in.session.active)
    );
    let to = r#","redirect_browser_to":"http://kratos.test/login?aal=aal2""#;
    let next = hand_in(error(422, "browser_location_change_required", to)).await.unwrap();
    assert!(matches!(next.value, UpdateFlowOutcome::AnotherFlow { .. }));
    hand_in(error(403, "security_csrf_violation", "")).await.unwrap_err();
}

#[tokio::test]
async fn errors_are_recognized() {
    let csrf = submit(error(403, "security_csrf_violation", "")).await.unwrap_err();
    assert_eq!(csrf.error_id(), Some(ErrorId::SecurityCsrfViolation));
    let busy = error(429, "", "").headers("retry-after: 7\r\n");
    let busy = submit(busy).await.unwrap_err();
    assert!(busy.is_rate_limited());
    assert_eq!(busy.retry_after().unwrap().as_secs(), 7);
}

#[tokio::test]
async fn a_form_is_submitted_under_the_names_that_it_has() {
    let node = |name: &str, value: &str| {
        json!({"type": "input", "group": "default", "messages": [], "meta": {},
            "attributes": {"name": name, "type": "text", "value": value, "node_type": "input"}})
    };
    let nodes = json!([node("csrf_token", "the-token"), node("password_identifier", "")]);
    let server = MockServer::start([error(400, "session_already_available", "")]).await;
    let body = UpdateFlowBody::<Login>::password("ann@example.test", &Password::new("p"));
    let cookies = Caller::browser(["a=b; csrf_token_1=c; ory_kratos_session=s"]);
    kratos(&server).submit(&flow(&nodes), &body, &cookies).await.unwrap();
    let [request] = &server.requests()[..] else { panic!("asked once") };
    let (header, sent) = request.split_once("\r\n\r\n").unwrap();
    assert!(header.starts_with("POST /self-service/login?flow=f HTTP/1.1"), "{header}");
    assert!(header.contains("cookie: csrf_token_1=c; ory_kratos_session=s\r\n"), "{header}");
    let sent: serde_json::Value = serde_json::from_str(sent).unwrap();
    let expected = json!({"method": "password", "password_identifier": "ann@example.test",
        "password": "p", "csrf_token": "the-token"});
    assert_eq!(sent, expected);
}

/// Some other site of the domain can have set a cookie of such a name.
#[tokio::test]
async fn an_odd_cookie_does_not_break_a_browsers_flow() {
    let found = serde_json::to_string(&flow(&json!([]))).unwrap();
    let server = MockServer::start([MockResponse::new(200, found)]).await;
    let kratos = kratos(&server);
    for odd in
        ["csrf_token_2=a b", "csrf_token_2=\u{e9}", "csrf_token_\u{e9}=a", "csrf_token_2=a,b"]
    {
        let browser = Caller::browser([odd, "csrf_token_1=c", "ory_kratos_session=s"]);
        let _: GetFlowOutcome<Login> = kratos.get(&"f".into(), &browser).await.unwrap();
    }
    for request in server.requests() {
        assert!(request.contains("cookie: csrf_token_1=c; ory_kratos_session=s\r\n"), "{request}");
    }
}

#[tokio::test]
async fn a_session_cookie_that_cannot_be_sent_is_named_without_its_value() {
    let server = MockServer::start([session(&json!({}))]).await;
    let kratos = KratosClient::builder().public_url(server.url.as_str());
    let kratos = kratos.session_cookie("my_session").build().unwrap();
    let odd = Credential::from_cookie_headers(["csrf_token_1=planted,1; my_session=planted 2"]);
    for error in [
        kratos.whoami(&odd).await.unwrap_err(),
        kratos.logout_url(&odd, &LogoutOptions::new()).await.unwrap_err(),
    ] {
        let text = format!("{error} {error:?}");
        let expected = "the session cookie my_session contains a character at byte 7 that";
        assert!(text.contains(expected) && !text.contains("planted"), "{text}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_flow_of_unknown_parts_is_kept() {
    let raw = json!({
        "id": "f", "type": "novel", "state": "dreaming", "novelty": [1, null],
        "ui": {"action": "a", "method": "POST", "novelty": 1, "nodes": [
            {"type": "hologram", "group": "g", "attributes": {"depth": 3}, "messages": [],
             "meta": {"label": {"id": 1, "text": "t", "type": "shout", "novelty": true}}},
            {"type": "input", "group": "g", "attributes": {"unlike": "an input"},
             "messages": null, "meta": {}},
        ]},
        "continue_with": [{"action": "fly", "to": "the moon"}],
    });
    let flow: Flow<Recovery> = serde_json::from_value(raw.clone()).unwrap();
    contract_tests::assert_contains(&serde_json::to_value(flow).unwrap(), &raw, "");
}

fn session(more: &serde_json::Value) -> MockResponse {
    let mut session = json!({
        "id": "s", "active": true, "expires_at": "2999-01-01T00:00:00Z",
        "identity": {"id": "i", "schema_id": "d", "state": "active", "traits": {}},
    });
    for (name, value) in more.as_object().unwrap() {
        session[name] = value.clone();
    }
    MockResponse::new(200, session.to_string())
}

#[tokio::test]
async fn a_session_counts_only_if_all_of_it_says_so() {
    let owner = |state: &str| json!({"identity": {"id": "i", "schema_id": "d", "state": state, "traits": {}}});
    for (more, counts) in [
        (json!({}), true),
        (json!({"expires_at": "2999-01-01T00:00:00.123456789Z", "devices": null}), true),
        (owner("unheard-of"), false),
        (json!({"expires_at": null}), false),
        (json!({"active": false}), false),
        (json!({"expires_at": "2001-01-01T00:00:00Z"}), false),
        (owner("inactive"), false),
    ] {
        let server = MockServer::start([session(&more)]).await;
        let cookie = Credential::from_cookie_headers(["ory_kratos_session=s"]);
        let whoami = kratos(&server).whoami(&cookie).await.unwrap();
        assert_eq!(matches!(whoami, Whoami::Active(_)), counts, "{more}");
        // One that has expired is no session any more: logging in again helps.
        let expired = more["expires_at"] == "2001-01-01T00:00:00Z";
        assert_eq!(matches!(whoami, Whoami::Inactive(_)), !counts && !expired, "{more}");
        assert_eq!(matches!(whoami, Whoami::NoSession), !counts && expired, "{more}");
        let brief: Option<Brief> = kratos(&server).active_session_as(&cookie).await.unwrap();
        assert_eq!(brief.is_some(), counts, "{more}");
    }
}

#[derive(Debug, Deserialize)]
struct Brief {
    id: String,
}

#[tokio::test]
async fn a_few_fields_survive_changes_elsewhere() {
    let changed = session(&json!({"devices": "changed", "authentication_methods": 7}));
    let server = MockServer::start([changed]).await;
    let cookie = Credential::from_cookie_headers(["ory_kratos_session=s"]);
    kratos(&server).whoami(&cookie).await.unwrap().active().unwrap();
    let brief: Brief = kratos(&server).active_session_as(&cookie).await.unwrap().unwrap();
    assert_eq!(brief.id, "s");
}

#[tokio::test]
async fn who_is_not_logged_in_is_told_from_what_is_no_answer() {
    let cookie = Credential::from_cookie_headers(["ory_kratos_session=s"]);
    let no_session = r#"{"error":{"code":401,"status":"Unauthorized","message":"no"}}"#;
    let server = MockServer::start([MockResponse::new(401, no_session)]).await;
    assert_eq!(kratos(&server).whoami(&cookie).await.unwrap(), Whoami::NoSession);
    for body in [r#"{"error":{}}"#, r#"{"error":"no"}"#, r#"{"message":"no"}"#, "[]"] {
        let server = MockServer::start([MockResponse::new(401, body)]).await;
        kratos(&server).whoami(&cookie).await.unwrap_err();
    }
    let aal2 = r#","redirect_browser_to":"http://kratos.test/?aal=aal2""#;
    let server = MockServer::start([error(403, "session_aal2_required", aal2)]).await;
    let whoami = kratos(&server).whoami(&cookie).await.unwrap();
    assert!(matches!(whoami, Whoami::SecondFactorRequired { redirect_to: Some(_) }));
    let evil = r#","redirect_browser_to":"javascript:alert(1)""#;
    let server = MockServer::start([error(403, "session_aal2_required", evil)]).await;
    kratos(&server).whoami(&cookie).await.unwrap_err();
}

#[tokio::test]
async fn the_api_key_is_not_sent_on_a_persons_behalf() {
    use kratos_client::{ApiKey, HttpConfig};
    let server = MockServer::start([session(&json!({}))]).await;
    let http = HttpConfig::default().api_key(ApiKey::new("planted").unwrap());
    let kratos = KratosClient::builder().public_url(server.url.as_str()).http(http).build();
    let cookie = Credential::from_cookie_headers(["ory_kratos_session=s; theme=dark"]);
    let _session = kratos.unwrap().whoami(&cookie).await.unwrap();
    let [request] = &server.requests()[..] else { panic!("asked once") };
    assert!(!request.contains("planted") && !request.contains("theme"), "{request}");
    assert!(request.contains("cookie: ory_kratos_session=s\r\n"), "{request}");
}
