//! Anybody's sessions.

use super::Admin;
use crate::{Test, tests};
use futures_util::TryStreamExt;
use http::StatusCode;
use kratos_client::{
    AdminSessions, AdminSessionsExt, AuthenticatorAssuranceLevel, GetSessionOptions, Identities,
    IdentitiesExt, IdentityId, ListIdentitySessions, ListSessions, SessionExpand, SessionId,
    SessionRecord, SessionToken, Sessions,
};
use serde::Deserialize;
use std::collections::HashSet;

pub(super) fn suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![
        a_session_is_told_as_asked,
        sessions_are_listed_page_by_page,
        an_identity_has_its_sessions,
        no_sessions_are_no_endless_list,
        a_session_is_extended_and_disabled,
    ]
}

/// Somebody's new session, and whose it is.
async fn session(admin: &Admin) -> (SessionId, IdentityId, String) {
    let login = admin.users.somebody().await;
    let token = admin.users.token(&login).await;
    let credential = SessionToken::new(token).unwrap().into();
    let session = admin.kratos.whoami(&credential).await.unwrap().active().unwrap();
    (session.id.clone(), session.identity.id.clone(), login.email)
}

async fn a_session_is_told_as_asked(admin: Admin) {
    #[derive(Deserialize)]
    struct Traits {
        email: String,
    }
    #[derive(Deserialize)]
    struct Only {
        active: bool,
    }
    let (id, identity, email) = session(&admin).await;
    let bare = admin.kratos.get_session(&id, &GetSessionOptions::new()).await.unwrap();
    assert!(bare.active && bare.identity.is_none(), "{bare:?}");
    assert_eq!(bare.authenticator_assurance_level, Some(AuthenticatorAssuranceLevel::Aal1));
    assert!(bare.into_session().is_none());

    let expand =
        GetSessionOptions::new().expand(SessionExpand::Identity).expand(SessionExpand::Devices);
    let whole = admin.kratos.get_session(&id, &expand).await.unwrap();
    assert!(!format!("{whole:?}").contains(&email), "Debug shows a trait");
    assert_eq!(whole.devices.as_ref().unwrap().len(), 1);
    let typed = whole.clone().with_traits::<Traits>().unwrap();
    assert_eq!(typed.identity.unwrap().traits.email, email);
    assert_eq!(whole.into_session().unwrap().identity.id, identity);
    let typed: SessionRecord<Traits> = admin.kratos.get_session_as(&id, &expand).await.unwrap();
    assert_eq!(typed.identity.unwrap().traits.email, email);
    let bare: SessionRecord<Traits> =
        admin.kratos.get_session_as(&id, &GetSessionOptions::new()).await.unwrap();
    assert!(bare.identity.is_none());
    assert!(
        admin.kratos.get_session_as::<Only>(&id, &GetSessionOptions::new()).await.unwrap().active
    );

    let nobody = "00000000-0000-0000-0000-000000000000".into();
    let error = admin.kratos.get_session(&nobody, &GetSessionOptions::new()).await.unwrap_err();
    assert!(error.is_not_found());
}

async fn sessions_are_listed_page_by_page(admin: Admin) {
    let (one, ..) = session(&admin).await;
    let (two, ..) = session(&admin).await;
    admin.kratos.disable_session(&two).await.unwrap();
    let listed = async |request: ListSessions| -> HashSet<SessionId> {
        let list = admin.kratos.list_sessions(request);
        let all: Vec<_> = list.try_collect().await.unwrap();
        let ids: HashSet<_> = all.iter().map(|session| session.id.clone()).collect();
        assert_eq!(ids.len(), all.len(), "a session twice");
        ids
    };
    for size in [1, 2, 250] {
        let all = listed(ListSessions::new().page_size(size)).await;
        assert!(all.contains(&one) && all.contains(&two), "page size {size}");
        let active = listed(ListSessions::new().page_size(size).active(true)).await;
        assert!(active.contains(&one) && !active.contains(&two), "page size {size}");
    }
    let ids = admin.kratos.list_sessions_as::<serde_json::Value>(ListSessions::new());
    let ids: Vec<_> = ids.map_ok(|session| session["id"].clone()).try_collect().await.unwrap();
    assert!(ids.iter().any(|id| id == one.as_str()));
    let expand = ListSessions::new().expand(SessionExpand::Identity).page_size(1);
    let page = admin.kratos.list_sessions_page(&expand).await.unwrap();
    assert!(page.items[0].identity.is_some() && page.items[0].devices.is_none(), "{page:?}");
    let expand = ListSessions::new().expand(SessionExpand::Devices).page_size(1);
    let page = admin.kratos.list_sessions_page_as::<SessionRecord>(&expand).await.unwrap();
    assert!(page.items[0].identity.is_none() && page.items[0].devices.is_some(), "{page:?}");
}

async fn an_identity_has_its_sessions(admin: Admin) {
    let login = admin.users.somebody().await;
    for _ in 0..2 {
        admin.users.token(&login).await;
    }
    let credential = SessionToken::new(admin.users.token(&login).await).unwrap().into();
    let session = admin.kratos.whoami(&credential).await.unwrap().active().unwrap();
    let request = ListIdentitySessions::new(session.identity.id.clone());
    // Registration was the first.
    for size in [1, 2, 3, 4, 250] {
        let list = admin.kratos.list_identity_sessions(request.clone().page_size(size));
        let all: Vec<_> = list.try_collect().await.unwrap();
        let ids: HashSet<_> = all.iter().map(|session| &session.id).collect();
        assert_eq!((ids.len(), all.len()), (4, 4), "page size {size}");
    }
    admin.kratos.disable_session(&session.id).await.unwrap();
    let inactive = admin.kratos.list_identity_sessions_page(&request.active(false)).await.unwrap();
    assert_eq!(inactive.items.len(), 1);
    assert_eq!(inactive.items[0].id, session.id);
}

async fn no_sessions_are_no_endless_list(admin: Admin) {
    let id = admin.somebody().await.id;
    let list = admin.kratos.list_identity_sessions(ListIdentitySessions::new(id));
    assert!(list.try_collect::<Vec<_>>().await.unwrap().is_empty());
}

async fn a_session_is_extended_and_disabled(admin: Admin) {
    let (id, ..) = session(&admin).await;
    let before = admin.kratos.get_session(&id, &GetSessionOptions::new()).await.unwrap();
    let extended = admin.kratos.extend_session(&id).await.unwrap();
    let after = admin.kratos.get_session(&id, &GetSessionOptions::new()).await.unwrap();
    assert!(after.expires_at > before.expires_at);
    if let Some(extended) = extended {
        assert_eq!((extended.id, extended.expires_at), (after.id, after.expires_at));
    }
    admin.kratos.disable_session(&id).await.unwrap();
    assert!(!admin.kratos.get_session(&id, &GetSessionOptions::new()).await.unwrap().active);
    let error = admin.kratos.disable_session(&"no-uuid".into()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
}
