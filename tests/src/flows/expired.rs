//! Flows that have expired.

use super::{
    SelfService, created, created_for, fetched, keep, logged_in, message_ids, settings_flow,
};
use crate::{Test, tests};
use jiff::Timestamp;
use kratos_client::{
    ErrorExt, ErrorId, Flows,
    flow::{
        Caller, CreateFlowOptions, Flow, FlowId, FlowKind, FlowType, GetFlowOutcome, Login,
        Password, Recovery, Registration, Settings, UpdateFlowBody, UpdateFlowOutcome,
        Verification,
    },
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// Tests over a Kratos whose flows of all kinds expire after seconds (`lifespan`).
pub fn expired_suite(_v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    tests![
        an_expired_login_is_replaced,
        an_expired_login_sends_a_browser_to_a_new_one,
        an_expired_registration_is_replaced,
        an_expired_recovery_is_replaced,
        an_expired_verification_is_replaced,
        expired_settings_are_replaced,
    ]
}

async fn wait_for_expiry<K: FlowKind>(flow: &Flow<K>) {
    let left = flow.expires_at.unwrap().duration_since(Timestamp::now());
    let left = Duration::try_from(left).unwrap_or_default();
    assert!(left < Duration::from_secs(30), "the flows of this server live too long");
    tokio::time::sleep(left + Duration::from_millis(200)).await;
}

/// Waits for a flow to expire, and gives the one that takes its place when it is submitted, with
/// the cookies that it is for.
async fn replacement<K: FlowKind>(
    flows: &Arc<dyn Flows<K>>,
    flow: &Flow<K>,
    body: &UpdateFlowBody<K>,
    caller: &Caller,
) -> (FlowId, String) {
    wait_for_expiry(flow).await;
    let gone = flows.get(&flow.id, caller).await.unwrap();
    assert_eq!(gone, GetFlowOutcome::Gone { redirect_to: None }, "an app goes nowhere");
    let answer = flows.submit(flow, body, caller).await.unwrap();
    let UpdateFlowOutcome::Gone { replacement: Some(id) } = answer.value else {
        panic!("{answer:?}")
    };
    assert_ne!(id, flow.id);
    let mut cookies = String::new();
    keep(&mut cookies, &answer.set_cookies);
    (id, cookies)
}

async fn replaced<K: FlowKind>(
    flows: &Arc<dyn Flows<K>>,
    flow: &Flow<K>,
    body: &UpdateFlowBody<K>,
    caller: &Caller,
) -> Flow<K> {
    let (id, _) = replacement(flows, flow, body, caller).await;
    let new = fetched(flows.get(&id, caller).await);
    assert_eq!(new.id, id);
    assert!(!message_ids(&new).is_empty(), "it says why");
    new
}

async fn an_expired_login_is_replaced(kratos: SelfService) {
    let app = Caller::native();
    let start = CreateFlowOptions::new().return_session_token_exchange_code();
    let flow = created(kratos.login.create(&start, &app).await);
    assert_eq!(flow.session_token_exchange_code.is_some(), !kratos.users.v0_8);
    let body = UpdateFlowBody::<Login>::password("nobody@example.test", &Password::new("password"));
    let new = replaced(&kratos.login, &flow, &body, &app).await;
    assert_eq!(new.session_token_exchange_code, None, "the documentation says so");
}

async fn an_expired_login_sends_a_browser_to_a_new_one(kratos: SelfService) {
    let mut cookies = String::new();
    let return_to = kratos.users.ui_url().await.join("/page?a=b").unwrap();
    let options = CreateFlowOptions::new().return_to(&return_to);
    let start = kratos.login.create(&options, &Caller::browser([""])).await;
    let flow = created_for(&mut cookies, start);
    let browser = Caller::browser([&cookies]);
    wait_for_expiry(&flow).await;
    let gone = kratos.login.get(&flow.id, &browser).await.unwrap();
    let GetFlowOutcome::Gone { redirect_to } = gone else { panic!("{gone:?}") };
    let redirect_to = redirect_to.unwrap();
    assert_eq!(redirect_to.path(), "/self-service/login/browser");
    let back = redirect_to.query_pairs().find(|(name, _)| name == "return_to");
    let back = back.map(|(_, url)| url.into_owned());
    assert_eq!(back, (!kratos.users.v0_8).then(|| return_to.into()));
}

async fn an_expired_registration_is_replaced(kratos: SelfService) {
    let app = Caller::native();
    let flow = created(kratos.registration.create(&CreateFlowOptions::new(), &app).await);
    let traits = json!({"email": "nobody@example.test"});
    let body =
        UpdateFlowBody::<Registration>::password(&traits, &Password::new("password")).unwrap();
    replaced(&kratos.registration, &flow, &body, &app).await;
}

async fn an_expired_recovery_is_replaced(kratos: SelfService) {
    let app = Caller::native();
    let flow = created(kratos.recovery.create(&CreateFlowOptions::new(), &app).await);
    let body = match kratos.users.v0_8 {
        true => UpdateFlowBody::<Recovery>::send_link("nobody@example.test"),
        false => UpdateFlowBody::<Recovery>::send_code("nobody@example.test"),
    };
    replaced(&kratos.recovery, &flow, &body, &app).await;
}

async fn an_expired_verification_is_replaced(kratos: SelfService) {
    let app = Caller::native();
    let flow = created(kratos.verification.create(&CreateFlowOptions::new(), &app).await);
    let body = match kratos.users.v0_8 {
        true => UpdateFlowBody::<Verification>::send_link("nobody@example.test"),
        false => UpdateFlowBody::<Verification>::send_code("nobody@example.test"),
    };
    let (id, cookies) = replacement(&kratos.verification, &flow, &body, &app).await;
    // v26.2 replaces an app's flow by one for a browser, and sets its cookie.
    let for_browser = !kratos.users.v0_8;
    let caller = if for_browser { Caller::browser([&cookies]) } else { app.clone() };
    let new = fetched(kratos.verification.get(&id, &caller).await);
    assert!(!message_ids(&new).is_empty(), "it says why");
    assert_eq!(new.flow_type == Some(FlowType::Browser), for_browser);
    if for_browser {
        let error = kratos.verification.get(&id, &app).await.unwrap_err();
        assert_eq!(error.error_id(), Some(ErrorId::SecurityCsrfViolation));
    }
}

async fn expired_settings_are_replaced(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Caller::from(token);
    let flow = settings_flow(&kratos, &me).await;
    let body = UpdateFlowBody::<Settings>::profile(&json!({"email": login.email})).unwrap();
    replaced(&kratos.settings, &flow, &body, &me).await;
}
