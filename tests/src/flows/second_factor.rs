//! Second factors: setting them up and using them.

use super::{SelfService, again, created, done, log_in, logged_in, session_of, settings_flow};
use crate::{Test, tests};
use kratos_client::{
    AuthenticatorAssuranceLevel, Session, SessionToken, Whoami,
    flow::{
        Caller, Code, CreateFlowOptions, Flow, FlowState, Login, Settings, UpdateFlowBody,
        UpdateFlowOutcome, WithCookies,
    },
};
use std::sync::Arc;

/// The tests. The article's version has no recovery codes.
pub(super) fn suite(v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    let mut suite = tests![a_second_factor_is_set_up_and_used];
    if !v0_8 {
        suite.extend(tests![recovery_codes_are_set_up_and_used]);
    }
    suite
}

fn totp_of(flow: &Flow<Settings>) -> totp_rs::TOTP {
    let secret = flow.ui.text("totp_secret_key").unwrap().text.clone();
    let secret = totp_rs::Secret::Encoded(secret).to_bytes().unwrap();
    totp_rs::TOTP::new_unchecked(totp_rs::Algorithm::SHA1, 6, 1, 30, secret)
}

/// Setting up a second factor is done, or has to be proved at once.
fn set_up(answer: WithCookies<UpdateFlowOutcome<Settings>>) {
    match answer.value {
        UpdateFlowOutcome::Completed(flow) => assert_eq!(flow.state, Some(FlowState::Success)),
        UpdateFlowOutcome::AnotherFlow { redirect_browser_to, .. } => {
            assert!(redirect_browser_to.as_str().contains("aal=aal2"));
        }
        other => panic!("not set up: {other:?}"),
    }
}

/// Logs in with the second factor, too.
async fn second_factor(
    kratos: &SelfService,
    token: &SessionToken,
    body: &UpdateFlowBody<Login>,
) -> Arc<Session> {
    let whoami = kratos.sessions.whoami(&token.clone().into()).await.unwrap();
    assert!(matches!(whoami, Whoami::SecondFactorRequired { .. }), "{whoami:?}");
    let me = Caller::from(token.clone());
    let flow = created(
        kratos
            .login
            .create(&CreateFlowOptions::new().aal(&AuthenticatorAssuranceLevel::Aal2), &me)
            .await,
    );
    assert_eq!(flow.requested_aal, Some(AuthenticatorAssuranceLevel::Aal2));
    let logged_in = done(kratos.login.submit(&flow, body, &me).await.unwrap());
    assert_eq!(
        logged_in.session.authenticator_assurance_level,
        Some(AuthenticatorAssuranceLevel::Aal2)
    );
    session_of(kratos, token).await.unwrap()
}

async fn a_second_factor_is_set_up_and_used(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Caller::from(token);
    let flow = settings_flow(&kratos, &me).await;
    let totp = totp_of(&flow);
    let wrong = UpdateFlowBody::<Settings>::totp(&Code::new("000000"));
    let flow = again(kratos.settings.submit(&flow, &wrong, &me).await.unwrap());
    let code = Code::new(totp.generate_current().unwrap());
    set_up(
        kratos.settings.submit(&flow, &UpdateFlowBody::<Settings>::totp(&code), &me).await.unwrap(),
    );

    let token = log_in(&kratos, &login).await;
    let code = Code::new(totp.generate_current().unwrap());
    let session = second_factor(&kratos, &token, &UpdateFlowBody::<Login>::totp(&code)).await;
    assert_eq!(session.authenticator_assurance_level, Some(AuthenticatorAssuranceLevel::Aal2));

    let me = Caller::from(token);
    let flow = settings_flow(&kratos, &me).await;
    done(
        kratos
            .settings
            .submit(&flow, &UpdateFlowBody::<Settings>::unlink_totp(), &me)
            .await
            .unwrap(),
    );
    let token = log_in(&kratos, &login).await;
    assert!(session_of(&kratos, &token).await.is_some(), "one factor is enough again");
}

async fn recovery_codes_are_set_up_and_used(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Caller::from(token);
    let flow = settings_flow(&kratos, &me).await;
    let new = UpdateFlowBody::<Settings>::regenerate_lookup_secrets();
    let flow = match kratos.settings.submit(&flow, &new, &me).await.unwrap().value {
        UpdateFlowOutcome::Completed(flow) => flow,
        UpdateFlowOutcome::Continue(flow) => *flow,
        other => panic!("{other:?}"),
    };
    let codes = flow.ui.text("lookup_secret_codes").unwrap().context.clone().unwrap();
    let code = Code::new(codes["secrets"][0]["text"].as_str().unwrap());
    let confirm = UpdateFlowBody::<Settings>::confirm_lookup_secrets();
    set_up(kratos.settings.submit(&flow, &confirm, &me).await.unwrap());

    let token = log_in(&kratos, &login).await;
    second_factor(&kratos, &token, &UpdateFlowBody::<Login>::lookup_secret(&code)).await;
    let me = Caller::from(token);
    let flow = settings_flow(&kratos, &me).await;
    let reveal = UpdateFlowBody::<Settings>::reveal_lookup_secrets();
    kratos.settings.submit(&flow, &reveal, &me).await.unwrap();
    let disable = UpdateFlowBody::<Settings>::disable_lookup_secrets();
    done(kratos.settings.submit(&flow, &disable, &me).await.unwrap());
}
