//! What people do in the ordinary way has an outcome, and is no error.

use super::{
    SelfService, again, created, created_for, done, fetched, logged_in, mails::mailed_code,
    message_ids, session_of, settings_flow,
};
use crate::{Test, tests};
use kratos_client::{
    CookieHeader, Credential, ErrorExt, ErrorId, LogoutOptions,
    flow::{
        Caller, Code, CreateFlowOptions, CreateFlowOutcome, Flow, FlowId, FlowKind, FlowState,
        Login, Password, Recovery, Registration, Settings, UpdateFlowBody, UpdateFlowOutcome,
        Verification,
    },
};
use serde_json::json;
use uuid::Uuid;

/// The tests. Today's server mails codes.
pub(super) fn suite(v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    let mut suite = tests![
        a_disabled_identity_does_not_log_in,
        a_browser_may_log_out_twice,
        somebody_elses_settings_are_refused,
        who_is_logged_in_registers_nobody,
        fields_with_dots_are_kept,
        contradicting_fields_are_not_sent,
    ];
    if !v0_8 {
        suite.extend(tests![
            a_used_code_replaces_the_flow,
            guessing_codes_replaces_the_flow,
            a_recovery_is_passed_once,
        ]);
    }
    suite
}

/// Kratoses newer than v26.2 say so in the form.
const DISABLED: u64 = 4_010_011;

async fn a_disabled_identity_does_not_log_in(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let session = session_of(&kratos, &token).await.unwrap();
    kratos.users.disable(session.identity.id.as_str()).await;
    let app = Caller::native();
    for caller in [app.clone(), Caller::browser([""])] {
        let mut cookies = String::new();
        let start = kratos.login.create(&CreateFlowOptions::new(), &caller).await;
        let (flow, caller) = match caller {
            Caller::Native(_) => (created(start), app.clone()),
            Caller::Browser(_) => {
                let flow = created_for(&mut cookies, start);
                (flow, Caller::browser([&cookies]))
            }
            _ => unreachable!("the two callers above"),
        };
        let body = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
        match kratos.login.submit(&flow, &body, &caller).await.unwrap().value {
            UpdateFlowOutcome::IdentityDisabled => {}
            UpdateFlowOutcome::Continue(flow) => assert_eq!(message_ids(&flow), [DISABLED]),
            other => panic!("{other:?}"),
        }
    }
    let settings = kratos.settings.create(&CreateFlowOptions::new(), &token.into()).await.unwrap();
    assert_eq!(settings.value, CreateFlowOutcome::NoSession);
}

async fn a_browser_may_log_out_twice(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let header = kratos.users.cookies(&login).await;
    let cookies = CookieHeader::from_headers([&header]);
    let me = Credential::from_cookie_headers([&header]);
    let url = kratos.logout.logout_url(&me, &LogoutOptions::new()).await.unwrap().unwrap();
    let cleared = kratos.logout.browser_logout(&url, &cookies).await.unwrap();
    assert!(!cleared.is_empty());
    kratos.logout.browser_logout(&url, &cookies).await.unwrap();
}

async fn somebody_elses_settings_are_refused(kratos: SelfService) {
    let (_, token) = logged_in(&kratos).await;
    let flow = settings_flow(&kratos, &token.into()).await;
    let (login, token) = logged_in(&kratos).await;
    let somebody_else = Caller::from(token);
    let error = kratos.settings.get(&flow.id, &somebody_else).await.unwrap_err();
    assert_eq!(error.error_id(), Some(ErrorId::SecurityIdentityMismatch));
    let body = UpdateFlowBody::<Settings>::profile(&json!({"email": login.email})).unwrap();
    match kratos.settings.submit(&flow, &body, &somebody_else).await {
        Ok(answer) => assert!(
            kratos.users.v0_8 && matches!(answer.value, UpdateFlowOutcome::Continue(_)),
            "v0.8 says so in the form: {answer:?}"
        ),
        Err(error) => assert_eq!(error.error_id(), Some(ErrorId::SecurityIdentityMismatch)),
    }
}

async fn who_is_logged_in_registers_nobody(kratos: SelfService) {
    let flow =
        created(kratos.registration.create(&CreateFlowOptions::new(), &Caller::native()).await);
    let (_, token) = logged_in(&kratos).await;
    let traits = json!({"email": format!("somebody-{}@example.test", Uuid::new_v4())});
    let password = Password::new(format!("pass-{}", Uuid::new_v4()));
    let body = UpdateFlowBody::<Registration>::password(&traits, &password).unwrap();
    let outcome = kratos.registration.submit(&flow, &body, &token.into()).await.unwrap();
    assert_eq!(outcome.value, UpdateFlowOutcome::AlreadyLoggedIn);
}

/// What Kratos keeps of fields that it would read as those of an HTML form, if they were sent so:
/// v0.8 refuses the first, both lose the second or the whole, by chance.
async fn fields_with_dots_are_kept(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Caller::from(token.clone());
    let form = UpdateFlowBody::<Settings>::method("profile");
    let by_parts = form
        .clone()
        .field("traits.email", login.email.as_str())
        .field("traits.name", json!({"first": "Zoe", "last": "Zett"}));
    let beside_the_whole =
        UpdateFlowBody::<Settings>::profile(&json!({"email": login.email})).unwrap();
    let beside_the_whole =
        beside_the_whole.field("traits.name.first", "Yan").field("traits.name.last", "Zett");
    let as_text = form
        .field("traits.email", login.email.as_str())
        .field("traits.name.first", "Xi")
        .field("traits.name.last", "Zett");
    for (body, first) in [(by_parts, "Zoe"), (beside_the_whole, "Yan"), (as_text, "Xi")] {
        for _ in 0..3 {
            let flow = settings_flow(&kratos, &me).await;
            let flow = done(kratos.settings.submit(&flow, &body, &me).await.unwrap());
            let traits = &flow.identity.unwrap().traits;
            assert_eq!(traits["name"], json!({"first": first, "last": "Zett"}), "{body:?}");
            assert_eq!(traits["email"], login.email);
        }
    }
}

async fn contradicting_fields_are_not_sent(kratos: SelfService) {
    let flow =
        created(kratos.registration.create(&CreateFlowOptions::new(), &Caller::native()).await);
    let body = UpdateFlowBody::<Registration>::method("password")
        .field("traits.name", "Zoe")
        .field("traits.name.first", "Zoe");
    let error = kratos.registration.submit(&flow, &body, &Caller::native()).await.unwrap_err();
    assert!(error.to_string().contains("traits.name.first"), "{error}");
    assert_eq!(error.status(), None, "it was sent");
}

/// The replacement of a flow that is over.
fn replacement<K: FlowKind>(outcome: UpdateFlowOutcome<K>) -> FlowId {
    match outcome {
        UpdateFlowOutcome::Gone { replacement } => replacement.expect("a replacement"),
        other => panic!("not over: {other:?}"),
    }
}

async fn recovery_with_code_sent(kratos: &SelfService, email: &str) -> Flow<Recovery> {
    let app = Caller::native();
    let flow = created(kratos.recovery.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Recovery>::send_code(email);
    again(kratos.recovery.submit(&flow, &send, &app).await.unwrap())
}

async fn a_used_code_replaces_the_flow(kratos: SelfService) {
    let (login, _) = logged_in(&kratos).await;
    let app = Caller::native();
    let flow = recovery_with_code_sent(&kratos, &login.email).await;
    let body = UpdateFlowBody::<Recovery>::code(&mailed_code(&kratos, &login.email).await);
    let outcome = kratos.recovery.submit(&flow, &body, &app).await.unwrap().value;
    assert!(
        matches!(outcome, UpdateFlowOutcome::Completed(_) | UpdateFlowOutcome::AnotherFlow { .. }),
        "{outcome:?}"
    );
    let outcome = kratos.recovery.submit(&flow, &body, &app).await.unwrap().value;
    let new = fetched(kratos.recovery.get(&replacement(outcome), &app).await);
    assert!(!message_ids(&new).is_empty(), "it says why");

    let flow = created(kratos.verification.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Verification>::send_code(&login.email);
    let flow = again(kratos.verification.submit(&flow, &send, &app).await.unwrap());
    let body = UpdateFlowBody::<Verification>::code(&mailed_code(&kratos, &login.email).await);
    done(kratos.verification.submit(&flow, &body, &app).await.unwrap());
    let outcome = kratos.verification.submit(&flow, &body, &app).await.unwrap().value;
    fetched(kratos.verification.get(&replacement(outcome), &app).await);
}

async fn guessing_codes_replaces_the_flow(kratos: SelfService) {
    let (login, _) = logged_in(&kratos).await;
    let app = Caller::native();
    let flow = recovery_with_code_sent(&kratos, &login.email).await;
    let wrong = UpdateFlowBody::<Recovery>::code(&Code::new("000000"));
    for _ in 0..10 {
        match kratos.recovery.submit(&flow, &wrong, &app).await.unwrap().value {
            UpdateFlowOutcome::Continue(flow) => assert!(message_ids(&flow).contains(&4_060_006)),
            over => {
                fetched(kratos.recovery.get(&replacement(over), &app).await);
                return;
            }
        }
    }
    panic!("ten codes may be guessed");
}

/// To a recovery that was passed, Kratos answers a wrong code with the state of a passed one.
async fn a_recovery_is_passed_once(kratos: SelfService) {
    let (login, _) = logged_in(&kratos).await;
    let app = Caller::native();
    let flow = recovery_with_code_sent(&kratos, &login.email).await;
    let body = UpdateFlowBody::<Recovery>::code(&mailed_code(&kratos, &login.email).await);
    let outcome = kratos.recovery.submit(&flow, &body, &app).await.unwrap().value;
    assert!(
        matches!(outcome, UpdateFlowOutcome::Completed(_) | UpdateFlowOutcome::AnotherFlow { .. }),
        "{outcome:?}"
    );
    let wrong = UpdateFlowBody::<Recovery>::code(&Code::new("000000"));
    let flow = again(kratos.recovery.submit(&flow, &wrong, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::PassedChallenge));
}
