//! Recovery and verification by what is mailed.

use super::{SelfService, again, created, done, fetched, logged_in, message_ids, session_of};
use crate::{Test, tests};
use kratos_client::flow::{
    Caller, Code, CreateFlowOptions, FlowState, Recovery, UpdateFlowBody, UpdateFlowOutcome,
    Verification,
};
use std::time::Duration;

/// The tests. The article's version mails links, today's mails codes.
pub(super) fn suite(v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    match v0_8 {
        true => tests![mail_is_sent_by_link],
        false => tests![an_account_is_recovered_by_code, an_address_is_verified_by_code],
    }
}

/// The code in the last mail to an address, once the server has queued it.
pub(super) async fn mailed_code(kratos: &SelfService, email: &str) -> Code {
    let digits = |body: &str| {
        let mut words = body.split(|c: char| !c.is_ascii_digit());
        words.find(|word| word.len() == 6).map(str::to_owned)
    };
    for _ in 0..20 {
        if let Some(code) = kratos.users.last_mail(email).await.as_deref().and_then(digits) {
            return Code::new(code);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no mail to {email}");
}

async fn an_account_is_recovered_by_code(kratos: SelfService) {
    let (login, _) = logged_in(&kratos).await;
    let app = Caller::native();
    let flow = created(kratos.recovery.create(&CreateFlowOptions::new(), &app).await);
    assert_eq!(flow.state, Some(FlowState::ChooseMethod));
    let send = UpdateFlowBody::<Recovery>::send_code(&login.email);
    let flow = again(kratos.recovery.submit(&flow, &send, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    assert_eq!(
        fetched(kratos.recovery.get(&flow.id, &app).await).state,
        Some(FlowState::SentEmail)
    );

    // A wrong code is answered with 200, and is not the end of it.
    let wrong = UpdateFlowBody::<Recovery>::code(&Code::new("000000"));
    let flow = again(kratos.recovery.submit(&flow, &wrong, &app).await.unwrap());
    assert!(message_ids(&flow).contains(&4_060_006), "{:?}", message_ids(&flow));

    let code = mailed_code(&kratos, &login.email).await;
    match kratos
        .recovery
        .submit(&flow, &UpdateFlowBody::<Recovery>::code(&code), &app)
        .await
        .unwrap()
        .value
    {
        UpdateFlowOutcome::Completed(flow) => assert!(flow.continue_with.is_some(), "{flow:?}"),
        UpdateFlowOutcome::AnotherFlow { redirect_browser_to, .. } => {
            assert!(redirect_browser_to.as_str().contains("settings"));
        }
        other => panic!("{other:?}"),
    }
}

async fn an_address_is_verified_by_code(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let app = Caller::native();
    let flow = created(kratos.verification.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Verification>::send_code(&login.email);
    let flow = again(kratos.verification.submit(&flow, &send, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    let wrong = UpdateFlowBody::<Verification>::code(&Code::new("000000"));
    let flow = again(kratos.verification.submit(&flow, &wrong, &app).await.unwrap());

    let code = mailed_code(&kratos, &login.email).await;
    let body = UpdateFlowBody::<Verification>::code(&code);
    let flow = done(kratos.verification.submit(&flow, &body, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::PassedChallenge));
    assert_eq!(fetched(kratos.verification.get(&flow.id, &app).await).id, flow.id);
    let session = session_of(&kratos, &token).await.unwrap();
    assert!(session.identity.verifiable_addresses.as_ref().unwrap()[0].verified);
}

async fn mail_is_sent_by_link(kratos: SelfService) {
    let (login, _) = logged_in(&kratos).await;
    let app = Caller::native();
    let flow = created(kratos.recovery.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Recovery>::send_link(&login.email);
    let flow = again(kratos.recovery.submit(&flow, &send, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
    let flow = created(kratos.verification.create(&CreateFlowOptions::new(), &app).await);
    let send = UpdateFlowBody::<Verification>::send_link(&login.email);
    let flow = again(kratos.verification.submit(&flow, &send, &app).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::SentEmail));
}
