//! Logins that need a verified address.

use super::{
    SelfService, again, created, created_for, done, fetched, mails::mailed_code, message_ids,
};
use crate::{Test, tests, users};
use kratos_client::flow::{
    Caller, ContinueWith, CreateFlowOptions, Flow, FlowState, Login, Password, UpdateFlowBody,
    UpdateFlowOutcome, Verification,
};

/// Tests over a Kratos whose logins need a verified address: the hook `require_verified_address`
/// after a login.
pub fn verified_suite(v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    match v0_8 {
        true => tests![the_form_asks_for_a_verified_address],
        false => tests![an_app_verifies_and_logs_in, a_browser_verifies_and_logs_in],
    }
}

fn by_password(login: &users::TestUser) -> UpdateFlowBody<Login> {
    UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password))
}

/// v0.8 has no outcome of its own for it.
async fn the_form_asks_for_a_verified_address(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let app = Caller::native();
    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &app).await);
    let answer = kratos.login.submit(&flow, &by_password(&login), &app).await.unwrap();
    assert_eq!(message_ids(&again(answer)), [4_000_010]);
}

async fn an_app_verifies_and_logs_in(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let app = Caller::native();
    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &app).await);
    let outcome = kratos.login.submit(&flow, &by_password(&login), &app).await.unwrap().value;
    let flow = verification(&kratos, outcome, &login, &app).await;
    verify(&kratos, &flow, &login, &app).await;
    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &app).await);
    let answer = kratos.login.submit(&flow, &by_password(&login), &app).await.unwrap();
    assert!(done(answer).session_token.is_some());
}

async fn a_browser_verifies_and_logs_in(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let mut cookies = String::new();
    let start = kratos.login.create(&CreateFlowOptions::new(), &Caller::browser([""])).await;
    let flow = created_for(&mut cookies, start);
    let browser = Caller::browser([&cookies]);
    let answer = kratos.login.submit(&flow, &by_password(&login), &browser).await.unwrap();
    super::keep(&mut cookies, &answer.set_cookies);
    let browser = Caller::browser([&cookies]);
    let flow = verification(&kratos, answer.value, &login, &browser).await;
    verify(&kratos, &flow, &login, &browser).await;
    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &browser).await);
    let answer = kratos.login.submit(&flow, &by_password(&login), &browser).await.unwrap();
    assert!(!answer.set_cookies.is_empty());
    done(answer);
}

/// The verification flow that a login leads to.
async fn verification(
    kratos: &SelfService,
    outcome: UpdateFlowOutcome<Login>,
    login: &users::TestUser,
    caller: &Caller,
) -> Flow<Verification> {
    let UpdateFlowOutcome::AddressNotVerified { continue_with } = outcome else {
        panic!("{outcome:?}")
    };
    let [next @ ContinueWith::ShowVerificationUi { flow, .. }] = &continue_with[..] else {
        panic!("{continue_with:?}")
    };
    assert_eq!(flow.verifiable_address.as_deref(), Some(login.email.as_str()));
    assert!(next.browser_url().unwrap().as_str().contains(flow.id.as_str()));
    let flow = fetched(kratos.verification.get(&flow.id, caller).await);
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    flow
}

async fn verify(
    kratos: &SelfService,
    flow: &Flow<Verification>,
    login: &users::TestUser,
    caller: &Caller,
) {
    let code = mailed_code(kratos, &login.email).await;
    let body = UpdateFlowBody::<Verification>::code(&code);
    let flow = done(kratos.verification.submit(flow, &body, caller).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::PassedChallenge));
}
