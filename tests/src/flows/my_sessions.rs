//! What somebody does with their own sessions.

use super::{SelfService, assert_unsupported, created, log_in, logged_in, session_of};
use crate::{Test, tests};
use futures_util::TryStreamExt;
use http::StatusCode;
use kratos_client::{
    Credential, ErrorExt, ErrorId, ExchangeCode, MySessionsExt, PageRequest, Session, SessionToken,
    TokenExchangeOutcome,
    flow::{Caller, CreateFlowOptions},
};

/// The tests.
pub(super) fn suite() -> Vec<(&'static str, Test<SelfService>)> {
    tests![own_sessions_are_listed_and_revoked, a_token_is_exchanged_only_for_a_code]
}

async fn own_sessions_are_listed_and_revoked(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Credential::from(token.clone());
    if kratos.users.v0_8 {
        assert_unsupported(kratos.own.list_my_sessions_page(&me, &PageRequest::new()).await);
        assert_unsupported(kratos.own.disable_my_session(&me, &"x".into()).await);
        assert_unsupported(kratos.own.disable_my_other_sessions(&me).await);
        return;
    }
    let nobody = SessionToken::new("ory_st_EXAMPLEEXAMPLEEXAMPLEEXAMPLE00").unwrap().into();
    for error in [
        kratos.own.list_my_sessions_page(&nobody, &PageRequest::new()).await.unwrap_err(),
        kratos.own.disable_my_session(&nobody, &"x".into()).await.unwrap_err(),
        kratos.own.disable_my_other_sessions(&nobody).await.unwrap_err(),
    ] {
        assert_eq!(error.error_id(), Some(ErrorId::SessionInactive), "{error}");
    }
    // Registering was a session of its own.
    let others = [log_in(&kratos, &login).await, log_in(&kratos, &login).await];
    let listed: Vec<Session> = kratos.own.list_my_sessions(me.clone()).try_collect().await.unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|session| session.identity.traits["email"] == login.email));

    // Page by page, each session once.
    let mut paged = Vec::new();
    let mut request = PageRequest::new().page_size(2);
    loop {
        let page = kratos.own.list_my_sessions_page(&me, &request).await.unwrap();
        paged.extend(page.items.into_iter().map(|session| session.id));
        assert!(paged.len() <= 3, "{paged:?}");
        let Some(next) = page.next else { break };
        request = PageRequest::new().page_size(2).page_token(next);
    }
    let all: Vec<_> = listed.iter().map(|session| session.id.clone()).collect();
    assert_eq!(paged, all);

    let first = session_of(&kratos, &others[0]).await.unwrap();
    kratos.own.disable_my_session(&me, &first.id).await.unwrap();
    assert!(session_of(&kratos, &others[0]).await.is_none());
    // Today's server counts the one that is revoked already, too.
    assert!(kratos.own.disable_my_other_sessions(&me).await.unwrap() >= 2);
    assert!(session_of(&kratos, &others[1]).await.is_none());
    assert!(session_of(&kratos, &token).await.is_some(), "the own session stays");
    let page = kratos.own.list_my_sessions_page(&me, &PageRequest::new()).await.unwrap();
    assert_eq!((page.items.len(), page.next), (0, None));
}

async fn a_token_is_exchanged_only_for_a_code(kratos: SelfService) {
    let code = |text| ExchangeCode::new(text);
    let result = kratos.own.exchange_session_token(&code("kept"), &code("returned")).await;
    if kratos.users.v0_8 {
        return assert_unsupported(result);
    }
    assert_eq!(result.unwrap(), TokenExchangeOutcome::NoSession { flow: None });
    let start = CreateFlowOptions::new().return_session_token_exchange_code();
    let flow = created(kratos.login.create(&start, &Caller::native()).await);
    let kept = flow.session_token_exchange_code.unwrap();
    let result = kratos.own.exchange_session_token(&code(&kept), &code("not yet")).await;
    assert_eq!(result.unwrap(), TokenExchangeOutcome::NoSession { flow: None });

    let (_, token) = logged_in(&kratos).await;
    let me = Credential::from(token);
    let error = kratos.own.tokenize(&me, "no_such_template").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    // Only a server with a template by this name can do it.
    if let Some(template) = kratos_client::env_vars("TEST_KRATOS_TOKENIZER") {
        let whoami = kratos.own.tokenize(&me, &template).await.unwrap();
        let token = whoami.active().unwrap().tokenized.clone().unwrap();
        assert_eq!(token.split('.').count(), 3, "a JSON Web Token");
    }
}
