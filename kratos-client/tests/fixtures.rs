//! What servers answer, in the shape of exchanges recorded from Kratos v26.2.0, v0.8 and b86338da,
//! with people and tokens made up: every one decodes, and a value that is written again has lost
//! nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

mod serve;

use http::StatusCode;
use kratos_client::{
    AdminRecovery, AdminSessions, ApiVersion, Courier, CourierMessageStatus, CourierMessageType,
    CreateRecoveryCode, CreateRecoveryLink, Credential, CredentialsType, Error, ErrorExt, ErrorId,
    GetIdentityOptions, GetSessionOptions, Identities, IdentitySchemas, ListCourierMessages,
    ListIdentities, ListIdentitySessions, ListSchemas, ListSessions, NewIdentity, Page, SessionId,
    Sessions, Whoami,
};
use serde_json::{Value, json};
use serve::Fixture;
use std::time::Duration;

fn cookie() -> Credential {
    Credential::from_cookie_headers(["ory_kratos_session=made-up"])
}

#[tokio::test]
async fn whoami() {
    for name in ["v26_session", "v26_session_without_devices", "v08_session"] {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(ApiVersion::Current).await;
        let session = kratos.whoami(&cookie()).await.unwrap().active().unwrap();
        assert_eq!(session.identity.traits["email"], "mira@example.test");
        fixture.assert_kept(&*session);
    }
    for name in ["v26_error_unauthorized", "v08_error_unauthorized"] {
        let kratos = Fixture::read(name).serve(ApiVersion::Current).await;
        assert_eq!(kratos.whoami(&cookie()).await.unwrap(), Whoami::NoSession);
    }
}

#[tokio::test]
async fn sessions() {
    for (name, identity) in [("v26_session_record", false), ("v26_session_extended", true)] {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(ApiVersion::Current).await;
        let id = SessionId::new("x");
        let session = kratos.get_session(&id, &GetSessionOptions::new()).await.unwrap();
        assert_eq!(session.identity.is_some(), identity);
        fixture.assert_kept(&session);
        assert_eq!(kratos.extend_session(&id).await.unwrap(), Some(session));
    }
    for (name, next) in [("v26_sessions", Some("bmV4dA")), ("v26_sessions_bare", None)] {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(ApiVersion::Current).await;
        let page = kratos.list_sessions_page(&ListSessions::new()).await.unwrap();
        fixture.assert_page(&page, next);
    }
    for name in ["v26_identity_sessions", "v26_identity_sessions_none"] {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(ApiVersion::Current).await;
        let request = ListIdentitySessions::new("x");
        let page = kratos.list_identity_sessions_page(&request).await.unwrap();
        fixture.assert_page(&page, None);
    }
}

#[tokio::test]
async fn identities() {
    let names = ["v26_identity", "v26_identity_with_credentials", "v08_identity"];
    for name in names {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(ApiVersion::Current).await;
        let identity = kratos.get_identity(&"x".into(), &GetIdentityOptions::new()).await.unwrap();
        assert!(!format!("{identity:?}").contains("mira@"), "{identity:?}");
        fixture.assert_kept(&identity);
        fixture.assert_kept(&identity.clone().with_traits::<Value>().unwrap());
        let credentials = identity.credentials.unwrap();
        assert!(credentials.contains_key(&CredentialsType::Password));
        let new = credentials.contains_key(&CredentialsType::Other("something_new".into()));
        assert_eq!(new, name == "v26_identity_with_credentials");
    }
    for (name, api_version) in
        [("v26_identity_created", ApiVersion::Current), ("v08_identity_created", ApiVersion::V0_8)]
    {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(api_version).await;
        let new = NewIdentity::new("default", json!({})).unwrap();
        fixture.assert_kept(&kratos.create_identity(&new).await.unwrap());
    }
}

#[tokio::test]
async fn identity_lists() {
    let second = "00000002-1111-4222-8333-000000000002";
    for (name, api_version, next) in [
        ("v26_identities", ApiVersion::Current, Some(second)),
        ("v26_identities_last", ApiVersion::Current, None),
        ("v08_identities", ApiVersion::V0_8, Some("2")),
        ("v08_identities_last", ApiVersion::V0_8, None),
    ] {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(api_version).await;
        let page = kratos.list_identities_page(&ListIdentities::new()).await.unwrap();
        fixture.assert_page(&page, next);
    }
}

#[tokio::test]
async fn batch() {
    let kratos = Fixture::read("v26_batch").serve(ApiVersion::Current).await;
    let new = NewIdentity::new("default", json!({})).unwrap();
    let results = kratos.create_identities(&[new.clone(), new.clone(), new.clone()]).await.unwrap();
    assert!(results[0].is_ok());
    assert!(results[1].as_ref().unwrap_err().is_conflict());
    let error = results[2].as_ref().unwrap_err();
    assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    assert!(!error.violations().is_empty());
    assert!(!format!("{error} {error:?}").contains("mira"));
    // An answer about others than those asked about is none.
    kratos.create_identities(&[new]).await.unwrap_err();
}

#[tokio::test]
async fn recovery() {
    let fixture = Fixture::read("v26_recovery_code");
    let kratos = fixture.serve(ApiVersion::Current).await;
    let code = kratos.create_recovery_code(&CreateRecoveryCode::new("x")).await.unwrap();
    assert_eq!(code.recovery_code.expose(), fixture.body["recovery_code"]);
    assert_eq!(code.recovery_link.expose().as_str(), fixture.body["recovery_link"]);
    assert_eq!(code.expires_at.unwrap().to_string(), fixture.body["expires_at"].as_str().unwrap());
    let fixture = Fixture::read("v26_recovery_link");
    for api_version in [ApiVersion::Current, ApiVersion::V0_8] {
        let kratos = fixture.serve(api_version).await;
        let link = kratos.create_recovery_link(&CreateRecoveryLink::new("x")).await.unwrap();
        assert_eq!(link.recovery_link.expose().as_str(), fixture.body["recovery_link"]);
        assert!(!format!("{link:?} {code:?}").contains("flow="));
    }
}

#[tokio::test]
async fn schemas() {
    for name in ["v26_schemas", "v08_schemas"] {
        let fixture = Fixture::read(name);
        let kratos = fixture.serve(ApiVersion::Current).await;
        let page = kratos.list_identity_schemas_page(&ListSchemas::new()).await.unwrap();
        fixture.assert_page(&page, None);
    }
    let kratos = Fixture::read("v08_schemas_past_the_end").serve(ApiVersion::Current).await;
    let page = kratos.list_identity_schemas_page(&ListSchemas::new()).await.unwrap();
    assert_eq!(page, Page::new(Vec::new(), None));
    let fixture = Fixture::read("v26_schema");
    let kratos = fixture.serve(ApiVersion::Current).await;
    assert_eq!(kratos.get_identity_schema(&"default".into()).await.unwrap(), fixture.body);
}

#[tokio::test]
async fn messages() {
    let fixture = Fixture::read("v26_messages");
    let kratos = fixture.serve(ApiVersion::Current).await;
    let page = kratos.list_courier_messages_page(&ListCourierMessages::new()).await.unwrap();
    fixture.assert_page(&page, None);
    assert_eq!(page.items[1].status, CourierMessageStatus::Other("held_back".into()));
    assert_eq!(page.items[1].message_type, CourierMessageType::Other("pigeon".into()));
    let fixture = Fixture::read("v26_message");
    let kratos = fixture.serve(ApiVersion::Current).await;
    let message = kratos.get_courier_message(&"x".into()).await.unwrap();
    fixture.assert_kept(&message);
    let shown = format!("{message:?} {page:?}");
    assert!(!shown.contains("mira@") && !shown.contains("012345"), "{shown}");
}

#[tokio::test]
async fn errors() {
    let error = async |name: &str| -> Error {
        let kratos = Fixture::read(name).serve(ApiVersion::Current).await;
        kratos.get_identity(&"x".into(), &GetIdentityOptions::new()).await.unwrap_err()
    };
    assert!(error("v26_error_not_found").await.is_not_found());
    let no_route = error("v08_error_no_route").await;
    assert!(no_route.is_unsupported() && !no_route.is_not_found());
    assert!(error("v26_error_conflict").await.is_conflict());
    for (name, id) in [
        ("v26_error_aal2", Some(ErrorId::SessionAal2Required)),
        ("v26_error_logged_in", Some(ErrorId::SessionAlreadyAvailable)),
        ("v26_error_csrf", Some(ErrorId::SecurityCsrfViolation)),
        ("v26_error_tokenizer", None),
        ("v26_error_unauthorized", Some(ErrorId::SessionInactive)),
    ] {
        let error = error(name).await;
        assert_eq!(error.error_id(), id, "{name}");
        assert_eq!(error.violations(), [], "{name}");
    }
    let rate_limited = error("v26_error_rate_limited").await;
    assert!(rate_limited.is_rate_limited());
    assert_eq!(rate_limited.retry_after(), Some(Duration::from_secs(7)));
    let error = error("v26_error_invalid").await;
    let violations = error.violations();
    assert!(!violations.is_empty(), "{error}");
    let found: Vec<_> = violations.iter().map(|v| (v.pointer(), v.message())).collect();
    let expected = [
        ("/traits/email", "\"mira\" is not valid \"email\""),
        ("/traits", "additionalProperties \"nope\" not allowed"),
    ];
    assert_eq!(found, expected);
    let shown = format!("{error} {error:?} {violations:?}");
    assert!(!shown.contains("mira") && !shown.contains("nope"), "{shown}");
}

/// Reads a fixture's body as a type, and holds what is written again against it.
fn kept<T: serde::Serialize + serde::de::DeserializeOwned>(name: &str) -> T {
    let fixture = Fixture::read(name);
    let value: T = serde_json::from_value(fixture.body.clone()).expect(name);
    fixture.assert_kept(&value);
    value
}

#[test]
fn flows() {
    use kratos_client::flow::{
        Flow, FlowState, Login, Recovery, Registration, Settings, SuccessfulLogin,
        SuccessfulRegistration, Verification,
    };
    for version in ["v26", "v08"] {
        let name = |kind: &str| format!("{version}_{kind}");
        for kind in ["login_flow", "login_flow_browser", "login_flow_refresh"] {
            let flow: Flow<Login> = kept(&name(kind));
            assert!(flow.ui.input("password").is_some(), "{version} {kind}");
        }
        let again: Flow<Login> = kept(&name("login_again"));
        assert_eq!(again.ui.all_messages().map(|message| message.id).next(), Some(4_000_006));
        let logged_in: SuccessfulLogin = kept(&name("logged_in"));
        assert!(logged_in.session_token.is_some() && logged_in.session.identity.is_some());

        kept::<Flow<Registration>>(&name("registration_flow"));
        let again: Flow<Registration> = kept(&name("registration_again"));
        assert!(again.ui.all_messages().next().is_some());
        let registered: SuccessfulRegistration = kept(&name("registered"));
        assert!(registered.session.is_some() && registered.session_token.is_some());

        let settings: Flow<Settings> = kept(&name("settings_flow"));
        assert!(settings.ui.text("totp_secret_key").is_some() && settings.identity.is_some());
        let done: Flow<Settings> = kept(&name("settings_done"));
        assert_eq!(done.state, Some(FlowState::Success));

        kept::<Flow<Recovery>>(&name("recovery_flow"));
        let sent: Flow<Recovery> = kept(&name("recovery_sent"));
        assert_eq!(sent.state, Some(FlowState::SentEmail));
        kept::<Flow<Verification>>(&name("verification_flow"));
        let sent: Flow<Verification> = kept(&name("verification_sent"));
        assert_eq!(sent.state, Some(FlowState::SentEmail));
        kept::<kratos_client::FlowError>(&name("flow_error"));
    }
    for kind in ["awaiting_address", "awaiting_address_choice", "confirming_address"] {
        kept::<Flow<Recovery>>(&format!("v26_recovery_{kind}"));
    }
    for kind in ["awaiting_code", "passed", "passed_wrong_code"] {
        kept::<Flow<Recovery>>(&format!("v26_recovery_{kind}"));
    }
    for kind in ["code_sent", "code_missing"] {
        kept::<Flow<Registration>>(&format!("v26_registration_{kind}"));
    }
    kept::<Flow<Registration>>("b86338da_exchange_registration");
    kept::<Flow<Login>>("b86338da_exchange_login");
    kept::<Flow<Login>>("b86338da_login_identity_disabled");
    kept::<Flow<Login>>("v08_login_address_not_verified");
    let nothing_to_offer: Flow<Login> = kept("v26_login_flow_aal2");
    assert_eq!(nothing_to_offer.ui.nodes, None);
}
