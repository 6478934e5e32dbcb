//! Recovery, and the messages that it sends.

use super::Admin;
use crate::{Test, tests, users::TestUser};
use futures_util::TryStreamExt;
use http::StatusCode;
use jiff::Timestamp;
use kratos_client::{
    AdminRecovery, Courier, CourierExt, CourierMessageStatus, CourierMessageType,
    CreateRecoveryCode, CreateRecoveryLink, ListCourierMessages, RecoveryFlowType,
};
use std::{collections::HashSet, time::Duration};
use url::Url;

pub(super) fn common_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![a_link_leads_back_into_an_account]
}

pub(super) fn suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![a_code_leads_back_into_an_account, messages_are_listed_and_told]
}

const TEN_MINUTES: Duration = Duration::from_mins(10);

fn is_in_ten_minutes(expires_at: Option<Timestamp>) -> bool {
    let left = expires_at.unwrap().duration_since(Timestamp::now()).as_secs();
    (540..=600).contains(&left)
}

async fn a_link_leads_back_into_an_account(admin: Admin) {
    let id = admin.somebody().await.id;
    let request = CreateRecoveryLink::new(id)
        .expires_in(TEN_MINUTES)
        .return_to(Url::parse("http://127.0.0.1:4455/back").unwrap());
    let created = admin.kratos.create_recovery_link(&request).await.unwrap();
    assert!(is_in_ten_minutes(created.expires_at));
    let link = created.recovery_link.expose();
    assert!(link.query_pairs().any(|(name, value)| name == "token" && !value.is_empty()));
    let token = link.query_pairs().find(|(name, _)| name == "token").unwrap().1;
    assert!(!format!("{created:?}").contains(&*token), "{created:?}");
    let answer = admin.users.request("GET", link.as_str(), &[]).send().await.unwrap();
    assert!(answer.status().is_redirection(), "{answer:?}");
    assert!(answer.headers()["location"].to_str().unwrap().contains("settings"), "{answer:?}");

    let nobody = "00000000-0000-0000-0000-000000000000";
    let nobody = CreateRecoveryLink::new(nobody);
    let error = admin.kratos.create_recovery_link(&nobody).await.unwrap_err();
    let status = if admin.v0_8 { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
    assert_eq!(error.status(), Some(status));
}

async fn a_code_leads_back_into_an_account(admin: Admin) {
    let id = admin.somebody().await.id;
    for flow_type in [RecoveryFlowType::Browser, RecoveryFlowType::Api] {
        let request =
            CreateRecoveryCode::new(id.clone()).expires_in(TEN_MINUTES).flow_type(flow_type);
        let created = admin.kratos.create_recovery_code(&request).await.unwrap();
        assert!(is_in_ten_minutes(created.expires_at));
        let code = created.recovery_code.expose();
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
        let mut pairs = created.recovery_link.expose().query_pairs();
        assert!(pairs.any(|(name, value)| name == "flow" && !value.is_empty()));
        let shown = format!("{created:?}");
        assert!(!shown.contains(code) && !shown.contains("flow="), "{shown}");
    }
    let nobody = CreateRecoveryCode::new("00000000-0000-0000-0000-000000000000");
    let error = admin.kratos.create_recovery_code(&nobody).await.unwrap_err();
    assert!(error.status().unwrap().is_client_error(), "{error}");
}

async fn messages_are_listed_and_told(admin: Admin) {
    let users = [admin.users.somebody().await, admin.users.somebody().await];
    for TestUser { email, .. } in &users {
        admin.users.ask_for_recovery(email).await;
    }
    let email = &users[0].email;
    let request = ListCourierMessages::new().recipient(email);
    assert!(!format!("{request:?}").contains(email));
    let list = admin.kratos.list_courier_messages(request);
    let messages: Vec<_> = list.try_collect().await.unwrap();
    assert!(messages.iter().all(|message| message.recipient == *email));
    let recovery = messages.iter().find(|m| m.template_type.starts_with("recovery")).unwrap();
    assert_eq!(recovery.message_type, CourierMessageType::Email);
    assert!(!recovery.body.is_empty() && !recovery.subject.is_empty());
    let shown = format!("{recovery:?}");
    for secret in [email, &recovery.body, &recovery.subject] {
        assert!(!shown.contains(secret.as_str()), "{shown}");
    }
    let told = admin.kratos.get_courier_message(&recovery.id).await.unwrap();
    assert_eq!((told.id, told.body), (recovery.id.clone(), recovery.body.clone()));

    let list = admin.kratos.list_courier_messages(ListCourierMessages::new().page_size(1));
    let all: Vec<_> = list.try_collect().await.unwrap();
    let ids: HashSet<_> = all.iter().map(|message| &message.id).collect();
    assert_eq!(ids.len(), all.len(), "a message twice");
    assert!(ids.contains(&recovery.id));
    let list = admin
        .kratos
        .list_courier_messages(ListCourierMessages::new().status(CourierMessageStatus::Abandoned));
    let abandoned: Vec<_> = list.try_collect().await.unwrap();
    assert!(abandoned.iter().all(|message| message.status == CourierMessageStatus::Abandoned));

    let nothing = "00000000-0000-0000-0000-000000000000".into();
    let error = admin.kratos.get_courier_message(&nothing).await.unwrap_err();
    assert!(error.is_not_found());
    let unknown = ListCourierMessages::new().status(CourierMessageStatus::Other("nope".into()));
    let error = admin.kratos.list_courier_messages_page(&unknown).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
}
