//! What comes of flows, by the answers of Kratos v26.2.0, v0.8.0-alpha.3 and b86338da to what
//! people do in the ordinary way: none of it is an untyped error.

#![allow(clippy::unwrap_used, reason = "a test")]

mod serve;

use http::StatusCode;
use kratos_client::{
    ApiVersion, Error, ErrorExt, ErrorId, ErrorKind, ExchangeCode, Flows, GetIdentityOptions,
    Identities, KratosClient, LoginOrRegistrationFlow, Logout, MySessions, NewIdentity,
    SessionToken, TokenExchangeOutcome, Violation,
    flow::{
        Caller, Code, ContinueWith, CreateFlowOptions, CreateFlowOutcome, Flow, FlowKind,
        FlowState, GetFlowOutcome, Login, Password, Recovery, Registration, Settings,
        UpdateFlowBody, UpdateFlowOutcome, Verification,
    },
};
use serde_json::{Value, json};
use serve::Fixture;

async fn server(fixture: &str) -> KratosClient {
    Fixture::read(fixture).serve(ApiVersion::Current).await
}

/// Submits some flow to a server that answers so.
async fn submit<K: FlowKind>(fixture: &str) -> Result<UpdateFlowOutcome<K>, Error> {
    let ui = json!({"action": "http://kratos.test/", "method": "POST", "nodes": []});
    let flow: Flow<K> = serde_json::from_value(json!({"id": "f", "ui": ui})).unwrap();
    let body = UpdateFlowBody::<K>::method("password");
    let answer = server(fixture).await.submit(&flow, &body, &Caller::native()).await?;
    Ok(answer.value)
}

async fn create<K: FlowKind>(fixture: &str) -> Result<CreateFlowOutcome<K>, Error> {
    let kratos = server(fixture).await;
    Ok(kratos.create(&CreateFlowOptions::new(), &Caller::native()).await?.value)
}

async fn get<K: FlowKind>(fixture: &str) -> Result<GetFlowOutcome<K>, Error> {
    server(fixture).await.get(&"f".into(), &Caller::native()).await
}

fn messages<K: FlowKind>(flow: &Flow<K>) -> Vec<u64> {
    flow.ui.all_messages().map(|message| message.id).collect()
}

fn again<K: FlowKind>(outcome: Result<UpdateFlowOutcome<K>, Error>) -> Flow<K> {
    match outcome.unwrap() {
        UpdateFlowOutcome::Continue(flow) => *flow,
        other => panic!("not the flow again: {other:?}"),
    }
}

#[tokio::test]
async fn an_address_that_is_not_verified_leads_to_its_verification() {
    let outcome = submit::<Login>("v26_login_address_not_verified").await.unwrap();
    let shown = format!("{outcome:?}");
    assert!(!shown.contains("mira@") && !shown.contains("ui.test"), "{shown}");
    let UpdateFlowOutcome::AddressNotVerified { continue_with } = outcome else {
        panic!("{shown}")
    };
    let [next @ ContinueWith::ShowVerificationUi { flow, .. }] = &continue_with[..] else {
        panic!("{shown}")
    };
    assert_eq!(flow.id.as_str(), "00000000-0000-4000-8000-000000000001");
    assert_eq!(flow.verifiable_address.as_deref(), Some("mira@example.test"));
    assert_eq!(next.flow(), Some(flow));
    assert_eq!(next.browser_url().unwrap().host_str(), Some("ui.test"));

    // v0.8 says so in the form.
    assert_eq!(
        messages(&again(submit::<Login>("v08_login_address_not_verified").await)),
        [4_000_010]
    );
}

#[tokio::test]
async fn a_disabled_identity_does_not_log_in() {
    for name in ["v26_login_identity_disabled", "v08_login_identity_disabled"] {
        assert_eq!(
            submit::<Login>(name).await.unwrap(),
            UpdateFlowOutcome::IdentityDisabled,
            "{name}"
        );
        assert_eq!(
            submit::<Recovery>(name).await.unwrap(),
            UpdateFlowOutcome::IdentityDisabled,
            "{name}"
        );
        let error = create::<Login>(name).await.unwrap_err();
        assert_eq!(error.error_id(), Some(ErrorId::IdentityDisabled), "{name}");
    }
    // Newer ones say so in the form.
    let flow = again(submit::<Login>("b86338da_login_identity_disabled").await);
    assert_eq!(messages(&flow), [4_010_011]);
}

#[tokio::test]
async fn who_is_not_logged_in_has_no_settings() {
    for name in [
        "v26_settings_no_session",
        "v26_settings_get_no_session",
        "v08_settings_no_session",
        "v08_settings_no_session_browser",
        "v08_settings_get_no_session",
    ] {
        let created = create::<Settings>(name).await.unwrap();
        assert_eq!(created, CreateFlowOutcome::NoSession, "{name}");
        assert_eq!(get::<Settings>(name).await.unwrap(), GetFlowOutcome::NoSession, "{name}");
        assert_eq!(submit::<Settings>(name).await.unwrap(), UpdateFlowOutcome::NoSession, "{name}");
    }
    let name = "v26_login_aal1_required";
    assert_eq!(create::<Login>(name).await.unwrap(), CreateFlowOutcome::NoSession);
    assert_eq!(submit::<Login>(name).await.unwrap(), UpdateFlowOutcome::NoSession);
}

#[tokio::test]
async fn a_session_is_in_the_way_or_not_enough() {
    for name in ["v26_error_logged_in", "v26_recovery_logged_in", "v08_recovery_logged_in"] {
        let created = create::<Recovery>(name).await.unwrap();
        assert_eq!(created, CreateFlowOutcome::AlreadyLoggedIn, "{name}");
        assert_eq!(
            submit::<Recovery>(name).await.unwrap(),
            UpdateFlowOutcome::AlreadyLoggedIn,
            "{name}"
        );
    }
    let created = create::<Settings>("v26_error_aal2").await.unwrap();
    let CreateFlowOutcome::SecondFactorRequired { redirect_to } = created else {
        panic!("{created:?}")
    };
    assert_eq!(redirect_to.unwrap().query(), Some("aal=aal2"));
    let fetched = get::<Settings>("v26_error_aal2").await.unwrap();
    assert!(matches!(fetched, GetFlowOutcome::SecondFactorRequired { redirect_to: Some(_) }));
    let outcome = submit::<Settings>("v26_error_aal2").await.unwrap();
    let UpdateFlowOutcome::AnotherFlow { id, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(id, Some(ErrorId::SessionAal2Required));
}

#[tokio::test]
async fn somebody_elses_flow_is_refused() {
    let name = "v26_settings_identity_mismatch";
    for error in
        [submit::<Settings>(name).await.unwrap_err(), get::<Settings>(name).await.unwrap_err()]
    {
        assert_eq!(error.error_id(), Some(ErrorId::SecurityIdentityMismatch));
    }
    let error = submit::<Login>("v26_error_csrf").await.unwrap_err();
    assert_eq!(error.error_id(), Some(ErrorId::SecurityCsrfViolation));
    assert_eq!(error.error_id(), Some(ErrorId::SecurityCsrfViolation));
}

#[tokio::test]
async fn a_flow_that_is_over_names_its_replacement() {
    fn is_replaced<K: FlowKind>(name: &str, outcome: Result<UpdateFlowOutcome<K>, Error>) {
        let UpdateFlowOutcome::Gone { replacement } = outcome.unwrap() else {
            panic!("{name}: not gone")
        };
        assert_eq!(replacement.unwrap().as_str(), "00000000-0000-4000-8000-000000000001", "{name}");
    }
    let name = "v26_login_expired";
    is_replaced::<Login>(name, submit(name).await);
    for name in ["v26_recovery_expired", "v08_recovery_expired", "v26_recovery_code_used"] {
        is_replaced::<Recovery>(name, submit(name).await);
        // It is no login that takes the place.
        submit::<Login>(name).await.unwrap_err();
    }
    let name = "v26_verification_replaced";
    is_replaced::<Verification>(name, submit(name).await);
    for name in ["v26_login_get_expired", "v26_verification_get_expired"] {
        let gone = GetFlowOutcome::Gone { redirect_to: None };
        assert_eq!(get::<Verification>(name).await.unwrap(), gone, "{name}");
    }
    let gone = get::<Login>("v26_login_get_expired_browser").await.unwrap();
    let GetFlowOutcome::Gone { redirect_to } = gone else { panic!("{gone:?}") };
    let redirect_to = redirect_to.unwrap();
    assert_eq!(redirect_to.path(), "/self-service/login/browser");
    assert_eq!(redirect_to.query(), Some("return_to=http%3A%2F%2Fui.test%2Fwelcome"));
}

#[tokio::test]
async fn a_recovery_that_was_passed_is_not_passed_again() {
    let done = submit::<Recovery>("v26_recovery_passed").await.unwrap();
    let UpdateFlowOutcome::Completed(flow) = done else { panic!("{done:?}") };
    assert_eq!(flow.continue_with.unwrap().len(), 2);
    let flow = again(submit::<Recovery>("v26_recovery_passed_wrong_code").await);
    assert_eq!(flow.state, Some(FlowState::PassedChallenge));
    assert_eq!(messages(&flow), [4_060_006]);
}

#[tokio::test]
async fn a_code_that_nobody_has_logged_in_with_has_no_session() {
    let exchange = async |name: &str| {
        let code = ExchangeCode::new("made-up");
        server(name).await.exchange_session_token(&code, &code).await
    };
    let nobody = TokenExchangeOutcome::NoSession { flow: None };
    assert_eq!(exchange("v26_exchange_no_session").await.unwrap(), nobody);
    let outcome = exchange("b86338da_exchange_login").await.unwrap();
    let TokenExchangeOutcome::NoSession { flow: Some(LoginOrRegistrationFlow::Login(flow)) } =
        outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(messages(&flow).len(), 0);
    let outcome = exchange("b86338da_exchange_registration").await.unwrap();
    let TokenExchangeOutcome::NoSession { flow: Some(LoginOrRegistrationFlow::Registration(flow)) } =
        outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(!messages(&flow).is_empty(), "it says what went wrong");
    let outcome = exchange("v26_logged_in").await.unwrap();
    let TokenExchangeOutcome::LoggedIn(logged_in) = outcome else { panic!("{outcome:?}") };
    assert!(logged_in.session_token.is_some());
    // A route that a server does not have says nothing of a session.
    let error = exchange("v08_error_no_route").await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
}

#[tokio::test]
async fn who_has_no_session_is_logged_out() {
    let token = SessionToken::new("made-up").unwrap();
    server("v26_logout_unknown_token").await.native_logout(&token).await.unwrap();
    // Anything else that is forbidden is no log-out.
    server("v26_error_csrf").await.native_logout(&token).await.unwrap_err();
    server("v08_settings_no_session").await.native_logout(&token).await.unwrap_err();
}

/// The states and forms of a recovery in which people choose the address.
#[tokio::test]
async fn a_recovery_address_is_chosen() {
    let created = create::<Recovery>("v26_recovery_awaiting_address").await.unwrap();
    let flow = created.into_flow().unwrap();
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingAddress));
    for (name, state, body, sent) in [
        (
            "v26_recovery_awaiting_address_choice",
            FlowState::RecoveryAwaitingAddressChoice,
            UpdateFlowBody::<Recovery>::select_address("the value"),
            json!({"recovery_select_address": "the value"}),
        ),
        (
            "v26_recovery_confirming_address",
            FlowState::RecoveryConfirmingAddress,
            UpdateFlowBody::<Recovery>::confirm_address("lena@example.test"),
            json!({"recovery_confirm_address": "lena@example.test"}),
        ),
        (
            "v26_recovery_awaiting_code",
            FlowState::RecoveryAwaitingCode,
            UpdateFlowBody::<Recovery>::confirm_address("lena@example.test"),
            json!({"recovery_confirm_address": "lena@example.test"}),
        ),
        (
            "v26_recovery_awaiting_code",
            FlowState::RecoveryAwaitingCode,
            UpdateFlowBody::<Recovery>::previous_screen(),
            json!({"screen": "previous"}),
        ),
    ] {
        let flow = again(submit::<Recovery>(name).await);
        assert_eq!(flow.state, Some(state), "{name}");
        let mut expected = sent;
        expected["method"] = "code".into();
        expected["recovery_address"] = "mira@example.test".into();
        expected["csrf_token"] = "".into();
        assert_eq!(sent_by(&flow, &body).await, expected, "{name}");
    }
    let flow = again(submit::<Recovery>("v26_recovery_awaiting_code").await);
    let body = UpdateFlowBody::<Recovery>::code(&Code::new("012345"));
    let expected = json!({"method": "code", "code": "012345", "csrf_token": ""});
    assert_eq!(sent_by(&flow, &body).await, expected);
}

/// What a client sends when it submits a flow.
async fn sent_by<K: FlowKind>(flow: &Flow<K>, body: &UpdateFlowBody<K>) -> Value {
    let (url, sent) = serve::listen(Fixture::read("v26_error_csrf").answer()).await;
    let kratos = KratosClient::builder().public_url(&url).build().unwrap();
    kratos.submit(flow, body, &Caller::native()).await.unwrap_err();
    let sent = sent.lock().unwrap().pop().unwrap();
    serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_code_is_sent_again() {
    let flow = again(submit::<Registration>("v26_registration_code_sent").await);
    let missing = again(submit::<Registration>("v26_registration_code_missing").await);
    assert!(messages(&missing).contains(&4_000_002), "what comes of another `send_code`");
    let traits = json!({"email": "mira@example.test"});
    let body = UpdateFlowBody::<Registration>::resend_code(&traits).unwrap();
    let sent = json!({"method": "code", "resend": "code", "traits": traits, "csrf_token": ""});
    assert_eq!(sent_by(&flow, &body).await, sent);
    let flow: Flow<Login> = create("v26_login_flow").await.unwrap().into_flow().unwrap();
    let body = UpdateFlowBody::<Login>::resend_code("mira@example.test");
    let sent = json!({"method": "code", "resend": "code", "identifier": "mira@example.test",
        "csrf_token": ""});
    assert_eq!(sent_by(&flow, &body).await, sent);
}

#[tokio::test]
async fn fields_with_dots_are_sent_so_that_nothing_is_lost() {
    let flow: Flow<Settings> = create("v26_settings_flow").await.unwrap().into_flow().unwrap();
    let body = UpdateFlowBody::<Settings>::profile(&json!({"email": "mira@example.test"})).unwrap();
    let body = body.field("traits.tags", vec!["a", "b"]).field("transient_payload.from", "shop");
    let sent = sent_by(&flow, &body).await;
    assert_eq!(sent["traits"], json!({"email": "mira@example.test", "tags": ["a", "b"]}));
    assert_eq!(sent["transient_payload"], json!({"from": "shop"}));

    let contradicting = UpdateFlowBody::<Settings>::method("profile")
        .field("traits.name", "planted")
        .field("traits.name.first", "planted");
    let kratos = server("v26_error_csrf").await;
    let error = kratos.submit(&flow, &contradicting, &Caller::native()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("traits.name.first") && !shown.contains("planted"), "{shown}");
}

/// The status counts, and not the code in the envelope.
#[tokio::test]
async fn an_error_keeps_what_it_says_whatever_its_code_is() {
    let kratos = server("v26_batch_not_json").await;
    let error = kratos.create_identities(&[NewIdentity::new("default", json!({})).unwrap()]).await;
    let error = error.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(error.reason(), Some("unexpected EOF"));
    let kratos = server("v26_login_address_not_verified").await;
    let error = kratos.get_identity(&"x".into(), &GetIdentityOptions::new()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    assert_eq!(error.error_id(), Some(ErrorId::SessionVerifiedAddressRequired));
    assert_eq!(error.continue_with().len(), 1);
}

#[tokio::test]
async fn a_violation_that_is_told_in_two_ways_is_one() {
    let kratos = server("b86338da_error_invalid").await;
    let error = kratos.get_identity(&"x".into(), &GetIdentityOptions::new()).await.unwrap_err();
    let violations = error.violations();
    assert!(!violations.is_empty(), "{error}");
    let pointers: Vec<_> = violations.iter().map(Violation::pointer).collect();
    assert_eq!(pointers, ["/traits/email", "/traits"]);
}

/// Every id in the sources of the three versions.
#[test]
fn error_ids_are_kept() {
    for text in [
        "browser_location_change_required",
        "identity_disabled",
        "invalid_configuration",
        "security_csrf_violation",
        "security_identity_mismatch",
        "self_service_flow_disabled",
        "self_service_flow_expired",
        "self_service_flow_replaced",
        "self_service_flow_return_to_forbidden",
        "session_aal1_required",
        "session_aal2_required",
        "session_aal_already_fulfilled",
        "session_already_available",
        "session_inactive",
        "session_refresh_required",
        "session_verified_address_required",
        "upstream_error",
    ] {
        let id = ErrorId::from(text.to_owned());
        assert!(!matches!(id, ErrorId::Other(_)), "{text}");
        assert_eq!(id.as_str(), text);
    }
    let unknown = ErrorId::from("something_new".to_owned());
    assert_eq!(unknown, ErrorId::Other("something_new".into()));
    assert_eq!(unknown.as_str(), "something_new");
}

#[test]
fn a_password_is_never_shown() {
    let body = UpdateFlowBody::<Login>::password("mira@example.test", &Password::new("planted"));
    let shown = format!("{body:?}");
    assert!(shown.contains("identifier") && !shown.contains("planted"), "{shown}");
    assert!(!shown.contains("mira@"), "{shown}");
}
