//! Logging in and registering by codes, and recovery in which people choose the address.

use super::{
    SelfService, again, created, done, message_ids, new_person, session_of, settings_flow,
};
use crate::{Test, tests};
use kratos_client::flow::UiNodeAttributes;
use kratos_client::{
    SessionToken,
    flow::{
        Caller, Code, ContinueWith, CreateFlowOptions, Flow, FlowState, Login, Password, Recovery,
        Registration, Settings, UpdateFlowBody, UpdateFlowOutcome,
    },
};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Tests over a Kratos of today's where people log in and register by codes
/// (`selfservice.methods.code.passwordless_enabled`), choose the address to recover by
/// (`feature_flags.choose_recovery_address`), and have the traits `email`, by which they are known
/// and recover, `backup`, by which they recover as well, and `tags`, a list of texts.
pub fn codes_suite(_v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    tests![
        a_code_is_sent_again_to_register_and_to_log_in,
        the_address_that_was_entered_recovers,
        another_address_recovers,
        lists_stay_lists,
    ]
}

/// The newest code for an address, once the server has queued this many mails.
async fn code_of_mail(kratos: &SelfService, email: &str, number: usize) -> Code {
    for _ in 0..30 {
        let mails = kratos.users.mails(email).await;
        assert!(mails.len() <= number, "{} mails", mails.len());
        if mails.len() == number {
            let mut words = mails[0].split(|c: char| !c.is_ascii_digit());
            return Code::new(words.find(|word| word.len() == 6).unwrap());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no {number} mails to {email}");
}

const CODE_IS_MISSING: u64 = 4_000_002;

async fn a_code_is_sent_again_to_register_and_to_log_in(kratos: SelfService) {
    let app = Caller::native();
    let (email, traits) = new_person();
    let flow = created(kratos.registration.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Registration>::send_code(&traits).unwrap();
    let flow = again(kratos.registration.submit(&flow, &send, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    let _first = code_of_mail(&kratos, &email, 1).await;
    // Not so.
    let flow = again(kratos.registration.submit(&flow, &send, &app).await.unwrap());
    assert!(message_ids(&flow).contains(&CODE_IS_MISSING), "{:?}", message_ids(&flow));
    let resend = UpdateFlowBody::<Registration>::resend_code(&traits).unwrap();
    let flow = again(kratos.registration.submit(&flow, &resend, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    let code = code_of_mail(&kratos, &email, 2).await;
    let body = UpdateFlowBody::<Registration>::code(&traits, &code).unwrap();
    let registered = done(kratos.registration.submit(&flow, &body, &app).await.unwrap());
    assert_eq!(registered.identity.as_ref().unwrap().traits["email"], email);

    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Login>::send_code(&email);
    let flow = again(kratos.login.submit(&flow, &send, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    let _first = code_of_mail(&kratos, &email, 3).await;
    let flow = again(kratos.login.submit(&flow, &send, &app).await.unwrap());
    assert!(message_ids(&flow).contains(&CODE_IS_MISSING), "{:?}", message_ids(&flow));
    let resend = UpdateFlowBody::<Login>::resend_code(&email);
    let flow = again(kratos.login.submit(&flow, &resend, &app).await.unwrap());
    let code = code_of_mail(&kratos, &email, 4).await;
    let body = UpdateFlowBody::<Login>::code(&email, &code);
    let logged_in = done(kratos.login.submit(&flow, &body, &app).await.unwrap());
    let session = session_of(&kratos, &logged_in.session_token.unwrap()).await.unwrap();
    assert_eq!(session.identity.traits["email"], email);
}

/// Somebody with two addresses, who has verified none.
async fn register(kratos: &SelfService, backup: Option<&str>) -> (String, SessionToken) {
    let app = Caller::native();
    let email = format!("somebody-{}@example.test", Uuid::new_v4());
    let mut traits = json!({"email": email});
    if let Some(backup) = backup {
        traits["backup"] = backup.into();
    }
    let flow = created(kratos.registration.create(&CreateFlowOptions::new(), &app).await);
    let password = Password::new(format!("pass-{}", Uuid::new_v4()));
    let body = UpdateFlowBody::<Registration>::password(&traits, &password).unwrap();
    let registered = done(kratos.registration.submit(&flow, &body, &app).await.unwrap());
    (email, registered.session_token.unwrap())
}

/// Recovers by the newest code, and holds whose session comes of it against the address.
async fn recover(kratos: &SelfService, flow: &Flow<Recovery>, code: &Code, email: &str) {
    let app = Caller::native();
    let wrong = UpdateFlowBody::<Recovery>::code(&Code::new("000000"));
    let flow = again(kratos.recovery.submit(flow, &wrong, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingCode));
    let body = UpdateFlowBody::<Recovery>::code(code);
    let token = match kratos.recovery.submit(&flow, &body, &app).await.unwrap().value {
        UpdateFlowOutcome::Completed(flow) => {
            assert_eq!(flow.state, Some(FlowState::PassedChallenge));
            flow.continue_with.unwrap().into_iter().find_map(|next| match next {
                ContinueWith::SetOrySessionToken { ory_session_token, .. } => {
                    Some(ory_session_token)
                }
                _ => None,
            })
        }
        // Without `feature_flags.use_continue_with_transitions`.
        UpdateFlowOutcome::AnotherFlow { .. } => None,
        other => panic!("{other:?}"),
    };
    if let Some(token) = token {
        let session = session_of(kratos, &SessionToken::new(token).unwrap()).await.unwrap();
        assert_eq!(session.identity.traits["email"], email);
    }
    let used = kratos.recovery.submit(&flow, &body, &app).await.unwrap().value;
    assert!(matches!(used, UpdateFlowOutcome::Gone { replacement: Some(_) }), "{used:?}");
}

async fn the_address_that_was_entered_recovers(kratos: SelfService) {
    let app = Caller::native();
    let (email, _) = register(&kratos, None).await;
    let mails = kratos.users.mails(&email).await.len();
    let flow = created(kratos.recovery.create(&CreateFlowOptions::new(), &app).await);
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingAddress));
    let body = UpdateFlowBody::<Recovery>::recovery_address(&email);
    let flow = again(kratos.recovery.submit(&flow, &body, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingCode));
    let _first = code_of_mail(&kratos, &email, mails + 1).await;
    let body = UpdateFlowBody::<Recovery>::confirm_address(&email);
    let flow = again(kratos.recovery.submit(&flow, &body, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingCode));
    let code = code_of_mail(&kratos, &email, mails + 2).await;
    recover(&kratos, &flow, &code, &email).await;
}

/// The values of the masked addresses, by their first two letters.
fn choices(flow: &Flow<Recovery>) -> Vec<(String, String)> {
    let nodes = flow.ui.nodes.iter().flatten();
    let choices = nodes.filter_map(|node| match &node.attributes {
        UiNodeAttributes::Input(input) if input.name == "recovery_select_address" => {
            let label = node.meta.as_ref()?.label.as_ref()?.text[..2].to_owned();
            Some((label, input.value.as_ref()?.as_str()?.to_owned()))
        }
        _ => None,
    });
    choices.collect()
}

async fn another_address_recovers(kratos: SelfService) {
    let app = Caller::native();
    let backup = format!("backup-{}@example.test", Uuid::new_v4());
    let (email, _) = register(&kratos, Some(&backup)).await;
    let submit = async |flow: &Flow<Recovery>, body: &UpdateFlowBody<Recovery>| {
        again(kratos.recovery.submit(flow, body, &app).await.unwrap())
    };
    let flow = created(kratos.recovery.create(&CreateFlowOptions::new(), &app).await);
    let flow = submit(&flow, &UpdateFlowBody::<Recovery>::recovery_address(&email)).await;
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingAddressChoice));
    let all = choices(&flow);
    assert_eq!(all.len(), 2);
    let (_, chosen) = all.iter().find(|(label, _)| label == "ba").unwrap();
    let choose = UpdateFlowBody::<Recovery>::select_address(chosen);
    let flow = submit(&flow, &choose).await;
    assert_eq!(flow.state, Some(FlowState::RecoveryConfirmingAddress));

    let flow = submit(&flow, &UpdateFlowBody::<Recovery>::previous_screen()).await;
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingAddressChoice));
    let flow = submit(&flow, &choose).await;
    let flow = submit(&flow, &UpdateFlowBody::<Recovery>::confirm_address(&backup)).await;
    assert_eq!(flow.state, Some(FlowState::RecoveryAwaitingCode));
    let _first = code_of_mail(&kratos, &backup, 1).await;
    let flow = submit(&flow, &UpdateFlowBody::<Recovery>::confirm_address(&backup)).await;
    let code = code_of_mail(&kratos, &backup, 2).await;
    recover(&kratos, &flow, &code, &email).await;
}

async fn lists_stay_lists(kratos: SelfService) {
    let app = Caller::native();
    let email = format!("somebody-{}@example.test", Uuid::new_v4());
    let flow = created(kratos.registration.create(&CreateFlowOptions::new(), &app).await);
    let body = UpdateFlowBody::<Registration>::method("password")
        .field("password", format!("pass-{}", Uuid::new_v4()))
        .field("traits.email", email.as_str())
        .field("traits.tags", vec!["a", "b"]);
    let registered = done(kratos.registration.submit(&flow, &body, &app).await.unwrap());
    assert_eq!(registered.identity.as_ref().unwrap().traits["tags"], json!(["a", "b"]));

    let me = Caller::from(registered.session_token.unwrap());
    let flow = settings_flow(&kratos, &me).await;
    let body = UpdateFlowBody::<Settings>::profile(&json!({"email": email})).unwrap();
    let body = body.field("traits.tags", json!(["c"]));
    let flow = done(kratos.settings.submit(&flow, &body, &me).await.unwrap());
    assert_eq!(flow.identity.unwrap().traits["tags"], json!(["c"]));
}
