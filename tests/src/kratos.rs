//! What every implementation of Kratos's traits must do.

use crate::{Test, assert_contains, tests, users::TestUsers};
use http::{HeaderName, HeaderValue};
use kratos_client::{
    AuthenticatorAssuranceLevel, CookieHeader, Credential, IdentityState, Logout, LogoutOptions,
    Session, SessionCookie, SessionToken, Sessions, Whoami,
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// An implementation, with a server behind it where people can log in.
#[derive(Clone)]
pub struct Kratos {
    /// Who is this?
    pub sessions: Arc<dyn Sessions>,
    /// Ends sessions.
    pub logout: Arc<dyn Logout>,
    /// The users of the server.
    pub users: TestUsers,
}

/// The tests, by name.
pub fn suite() -> Vec<(&'static str, Test<Kratos>)> {
    let mut suite = cached_suite();
    let more: Vec<(&'static str, Test<Kratos>)> = tests![a_logout_ends_the_session];
    suite.extend(more);
    suite
}

/// Those of the tests that hold with a cache of sessions, too: nobody ends or changes a session by
/// another way than through it.
pub fn cached_suite() -> Vec<(&'static str, Test<Kratos>)> {
    tests![
        nobody_has_no_session,
        an_unknown_credential_has_no_session,
        a_cookie_tells_who_it_is,
        a_token_tells_who_it_is,
        the_headers_of_a_request_tell_who_it_is,
        traits_have_a_type_of_their_own,
        nothing_of_a_session_is_lost,
        a_logout_by_the_client_takes_effect_at_once,
        nobody_cannot_log_out,
    ]
}

/// Tests that need an admin API and second factors, which the embedded Kratos does not have.
pub fn real_suite() -> Vec<(&'static str, Test<Kratos>)> {
    tests![a_missing_second_factor_is_told, a_disabled_account_has_no_session]
}

async fn whoami(kratos: &Kratos, credential: &Credential) -> Whoami {
    kratos.sessions.whoami(credential).await.unwrap()
}

fn token(token: &str) -> Credential {
    SessionToken::new(token).unwrap().into()
}

async fn somebody(kratos: &Kratos) -> (String, Credential) {
    let login = kratos.users.somebody().await;
    let cookies = kratos.users.cookies(&login).await;
    (login.email, Credential::from_cookie_headers([cookies]))
}

fn assert_is(session: &Session, email: &str) {
    assert!(session.active);
    assert_eq!(session.identity.traits["email"], email);
    assert_eq!(session.identity.state, Some(IdentityState::Active));
    assert_eq!(session.authenticator_assurance_level, Some(AuthenticatorAssuranceLevel::Aal1));
    assert_eq!(session.authentication_methods.as_ref().unwrap()[0].method, "password");
    assert!(session.expires_at > session.issued_at);
    assert!(!format!("{session:?}").contains(email), "Debug shows a trait");
}

async fn nobody_has_no_session(kratos: Kratos) {
    for header in ["", "a=b; c=d", "ory_kratos_session="] {
        let whoami = whoami(&kratos, &Credential::from_cookie_headers([header])).await;
        assert_eq!(whoami, Whoami::NoSession, "{header}");
    }
}

async fn an_unknown_credential_has_no_session(kratos: Kratos) {
    let cookie = SessionCookie::new("MTc5NTU2NzYwNXxub3QtYS1zZXNzaW9u").unwrap();
    for credential in [cookie.into(), token("ory_st_EXAMPLEEXAMPLEEXAMPLEEXAMPLE00")] {
        assert_eq!(whoami(&kratos, &credential).await, Whoami::NoSession);
    }
}

async fn a_cookie_tells_who_it_is(kratos: Kratos) {
    let (email, cookies) = somebody(&kratos).await;
    let session = whoami(&kratos, &cookies).await.active().unwrap();
    assert_is(&session, &email);
}

async fn a_token_tells_who_it_is(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    let credential = token(&kratos.users.token(&login).await);
    let session = whoami(&kratos, &credential).await.active().unwrap();
    assert_is(&session, &login.email);
}

/// The client finds the session that Kratos finds by the same headers.
async fn the_headers_of_a_request_tell_who_it_is(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    let [first, second] = [kratos.users.token(&login).await, kratos.users.token(&login).await];
    let cookie = ("cookie", kratos.users.cookies(&login).await);
    let header = ("x-session-token", first);
    let bearer = ("authorization", format!("Bearer {second}"));
    let other_cookie = ("cookie", "theme=dark".to_owned());
    let mut ids = Vec::new();
    for headers in [
        vec![&header, &cookie, &bearer],
        vec![&cookie, &bearer],
        vec![&other_cookie, &bearer],
        vec![&bearer],
    ] {
        let plain: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let raw = kratos.users.request("GET", "sessions/whoami", &plain).send().await.unwrap();
        let raw: Value = raw.json().await.unwrap();
        let headers = plain.iter().map(|(name, value)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
        });
        let credential = Credential::from_headers(&headers.collect());
        let whoami = whoami(&kratos, &credential).await;
        // Nothing tells a token of v0.8 from anybody else's in `authorization`.
        if kratos.users.v0_8 && !plain.contains(&("cookie", &cookie.1)) {
            assert_eq!(whoami, Whoami::NoSession, "{plain:?}");
            continue;
        }
        let session = whoami.active().unwrap();
        assert_eq!(raw["id"], session.id.as_str(), "{plain:?}");
        ids.push(session.id.clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), if kratos.users.v0_8 { 2 } else { 3 }, "{ids:?}");
}

async fn traits_have_a_type_of_their_own(kratos: Kratos) {
    #[derive(Debug, Deserialize)]
    struct Person {
        email: String,
    }
    #[derive(Debug, Deserialize)]
    struct Number {
        #[serde(rename = "email")]
        _email: u8,
    }
    let (email, cookies) = somebody(&kratos).await;
    let answer = whoami(&kratos, &cookies).await;
    let person = answer.clone().with_traits::<Person>().unwrap().active().unwrap();
    assert_eq!(person.identity.traits.email, email);

    let error = answer.with_traits::<Number>().unwrap_err();
    assert_eq!(error.path(), "email");
    assert!(!error.to_string().contains(&email), "{error}");
}

async fn nothing_of_a_session_is_lost(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    let secret = kratos.users.token(&login).await;
    let headers = [("x-session-token", secret.as_str())];
    let raw = kratos.users.request("GET", "sessions/whoami", &headers).send().await.unwrap();
    let raw: Value = raw.json().await.unwrap();
    let session = whoami(&kratos, &token(&secret)).await.active().unwrap();
    assert_contains(&serde_json::to_value(&*session).unwrap(), &raw, "");
}

async fn a_logout_ends_the_session(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    let header = kratos.users.cookies(&login).await;
    let cookies = Credential::from_cookie_headers([&header]);
    let url = kratos.logout.logout_url(&cookies, &LogoutOptions::new()).await.unwrap().unwrap();
    assert!(!format!("{url:?}").contains("token="), "{url:?}");
    assert!(whoami(&kratos, &cookies).await.active().is_some(), "asking ends nothing");

    let request = kratos.users.request("GET", url.expose().as_str(), &[("cookie", &header)]);
    let status = request.send().await.unwrap().status();
    assert!(status.is_redirection() || status.is_success(), "{status}");
    assert_eq!(whoami(&kratos, &cookies).await, Whoami::NoSession);
    assert_eq!(kratos.logout.logout_url(&cookies, &LogoutOptions::new()).await.unwrap(), None);
}

async fn a_logout_by_the_client_takes_effect_at_once(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    let app = SessionToken::new(kratos.users.token(&login).await).unwrap();
    let header = CookieHeader::from_headers([kratos.users.cookies(&login).await]);
    let (app_credential, browser) = (app.clone().into(), header.clone().into());
    for _ in 0..2 {
        assert!(whoami(&kratos, &app_credential).await.active().is_some());
        assert!(whoami(&kratos, &browser).await.active().is_some());
    }
    kratos.logout.native_logout(&app).await.unwrap();
    assert_eq!(whoami(&kratos, &app_credential).await, Whoami::NoSession);
    assert!(whoami(&kratos, &browser).await.active().is_some(), "the other session goes on");
    let url = kratos.logout.logout_url(&browser, &LogoutOptions::new()).await.unwrap().unwrap();
    assert!(whoami(&kratos, &browser).await.active().is_some(), "asking ends nothing");
    kratos.logout.browser_logout(&url, &header).await.unwrap();
    assert_eq!(whoami(&kratos, &browser).await, Whoami::NoSession);
}

async fn nobody_cannot_log_out(kratos: Kratos) {
    let nobody = Credential::from_cookie_headers(["a=b"]);
    assert_eq!(kratos.logout.logout_url(&nobody, &LogoutOptions::new()).await.unwrap(), None);
}

async fn a_missing_second_factor_is_told(kratos: Kratos) {
    let login = kratos.users.somebody().await;
    kratos.users.require_second_factor(&login).await;
    let cookies = Credential::from_cookie_headers([kratos.users.cookies(&login).await]);
    match whoami(&kratos, &cookies).await {
        Whoami::SecondFactorRequired { redirect_to: Some(url) } => {
            assert!(url.as_str().contains("aal=aal2"), "{url}");
        }
        other => panic!("{other:?}"),
    }
}

async fn a_disabled_account_has_no_session(kratos: Kratos) {
    let (_, cookies) = somebody(&kratos).await;
    let session = whoami(&kratos, &cookies).await.active().unwrap();
    kratos.users.disable(session.identity.id.as_str()).await;
    assert_eq!(whoami(&kratos, &cookies).await, Whoami::NoSession);
}
