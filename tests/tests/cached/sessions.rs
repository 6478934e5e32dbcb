//! Caches of sessions over services of any kind, and what ends their entries.

use crate::{KEEP, id, kratos, session, session_until, token};
use async_trait::async_trait;
use contract_tests::mock_server::{MockResponse, MockServer};
use kratos_client::{
    CachedSessions, CookieHeader, Credential, Error, KratosClient, Logout, LogoutOptions,
    LogoutUrl, MySessions, SessionCookie, SessionToken, Sessions, Whoami,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use url::Url;

/// An application's own decorator, which may tell the name of the session cookie or not.
struct Counted {
    inner: KratosClient,
    count: Arc<AtomicUsize>,
    names_cookie: bool,
}

#[async_trait]
impl Sessions for Counted {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        self.count.fetch_add(1, SeqCst);
        self.inner.whoami(credential).await
    }

    fn session_cookie(&self) -> Option<&str> {
        self.inner.session_cookie().filter(|_| self.names_cookie)
    }
}

fn counted(server: &MockServer, names_cookie: bool) -> (CachedSessions<Counted>, Arc<AtomicUsize>) {
    let inner = KratosClient::builder().public_url(server.url.as_str()).build().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    (CachedSessions::new(Counted { inner, count: count.clone(), names_cookie }), count)
}

fn cookies(header: &str) -> Credential {
    Credential::from_cookie_headers([header])
}

#[tokio::test]
async fn a_decorator_that_names_the_cookie_is_as_good_as_the_client() {
    let server = MockServer::start([session("one").headers(KEEP), session("two")]).await;
    let (sessions, count) = counted(&server, true);
    assert_eq!(sessions.session_cookie(), Some("ory_kratos_session"));
    for header in ["a=b; ory_kratos_session=s", "ory_kratos_session=s; c=d"] {
        assert_eq!(id(sessions.whoami(&cookies(header)).await), "one");
    }
    let value: Credential = SessionCookie::new("s").unwrap().into();
    assert_eq!(id(sessions.whoami(&value).await), "one");
    assert_eq!(count.load(SeqCst), 1);
    sessions.invalidate(&value);
    assert_eq!(id(sessions.whoami(&cookies("ory_kratos_session=s")).await), "two");
}

/// It could look at anything in the header, so that only the same header is the same credential.
#[tokio::test]
async fn a_service_that_names_no_cookie_is_asked_for_each_other_header() {
    let keeps = |id: &str| session(id).headers(KEEP);
    let server = MockServer::start(["one", "two", "three", "four", "five"].map(keeps)).await;
    let (sessions, count) = counted(&server, false);
    assert_eq!(sessions.session_cookie(), None);
    for _ in 0..2 {
        for (header, expected) in [
            ("who=ann; ory_kratos_session=s", "one"),
            ("who=bob; ory_kratos_session=s", "two"),
            ("a=b;ory_kratos_session=s", "three"),
        ] {
            assert_eq!(id(sessions.whoami(&cookies(header)).await), expected, "{header}");
        }
        // The same text, of another kind.
        assert_eq!(id(sessions.whoami(&token("a=b;ory_kratos_session=s")).await), "four");
    }
    assert_eq!(count.load(SeqCst), 4);
    // Whoever logs out may have been cached for a header with other cookies.
    sessions.invalidate(&cookies("ory_kratos_session=s"));
    assert!(sessions.cached(&cookies("who=ann; ory_kratos_session=s")).is_none());
    assert_eq!(id(sessions.whoami(&cookies("who=ann; ory_kratos_session=s")).await), "five");
}

#[tokio::test]
async fn any_service_can_be_cached() {
    let server = MockServer::start([session("one").headers(KEEP)]).await;
    let client = KratosClient::builder().public_url(server.url.as_str()).build().unwrap();
    let dynamic: Arc<dyn Sessions> = Arc::new(client);
    let sessions = CachedSessions::new(CachedSessions::new(dynamic));
    for header in ["a=b; ory_kratos_session=s", "ory_kratos_session=s"] {
        assert_eq!(id(sessions.whoami(&cookies(header)).await), "one");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_session_without_the_servers_word_is_cached_if_asked_for() {
    let limit = Duration::from_millis(200);
    let server = MockServer::start([session("one")]).await;
    let sessions = kratos(&server).max_age_without_header(limit);
    for _ in 0..3 {
        assert_eq!(id(sessions.whoami(&token("a")).await), "one");
    }
    assert_eq!(server.requests().len(), 1);
    tokio::time::sleep(limit + limit / 2).await;
    assert!(sessions.cached(&token("a")).is_none());

    // The server's word, the end of the session and the limit of all sessions come first.
    let over = session_until("one", "2020-01-01T00:00:00Z");
    for (say, max_age) in [
        (session("one").headers("ory-session-cache-for: 0\r\n"), Duration::from_mins(1)),
        (over, Duration::from_mins(1)),
        (session("one"), Duration::ZERO),
    ] {
        let server = MockServer::start([say]).await;
        let hour = Duration::from_hours(1);
        let sessions = kratos(&server).max_age(max_age).max_age_without_header(hour);
        for _ in 0..2 {
            let _whoami = sessions.whoami(&token("a")).await.unwrap();
        }
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_logout_forgets_the_credential_whatever_comes_of_it() {
    let (mine, header) = (token("mine"), "ory_kratos_session=s; csrf_token_1=c");
    let cookie = cookies("ory_kratos_session=s");
    let url = LogoutUrl::new(Url::parse("http://kratos.test/logout?token=t").unwrap());
    // A server that does not know how to end a session, but may have done it.
    let server = MockServer::start([session("one").headers(KEEP)]).await;
    let sessions = kratos(&server);
    let cached = || (sessions.cached(&mine).is_some(), sessions.cached(&cookie).is_some());
    let see = async || {
        for credential in [&mine, &cookie] {
            assert_eq!(id(sessions.whoami(credential).await), "one");
        }
        assert_eq!(cached(), (true, true));
    };
    see().await;
    sessions.native_logout(&SessionToken::new("mine").unwrap()).await.unwrap_err();
    assert_eq!(cached(), (false, true));
    see().await;
    sessions.logout_url(&cookies(header), &LogoutOptions::new()).await.unwrap_err();
    assert_eq!(cached(), (true, false));
    see().await;
    let header = CookieHeader::from_headers([header]);
    sessions.browser_logout(&url, &header).await.unwrap_err();
    assert_eq!(cached(), (true, false));
    // Whose sessions these are is not known here.
    see().await;
    sessions.disable_my_session(&mine, &"other".into()).await.unwrap_err();
    assert_eq!(cached(), (false, false));
    see().await;
    sessions.disable_my_other_sessions(&mine).await.unwrap_err();
    assert_eq!(cached(), (false, false));
}

#[tokio::test]
async fn a_logout_that_is_not_waited_for_forgets_as_well() {
    let slow = MockResponse::new(204, "").after(Duration::from_mins(1));
    let server = MockServer::start([session("one").headers(KEEP), slow]).await;
    let sessions = kratos(&server);
    assert_eq!(id(sessions.whoami(&token("mine")).await), "one");
    let mine = SessionToken::new("mine").unwrap();
    let logout = tokio::time::timeout(Duration::from_millis(50), sessions.native_logout(&mine));
    logout.await.unwrap_err();
    assert!(sessions.cached(&token("mine")).is_none());
}
