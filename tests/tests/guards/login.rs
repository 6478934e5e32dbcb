//! The way to the login and back, and step-up.

use crate::{
    frameworks::{Framework, PAGE},
    servers::{APP_URL, KetoSays, KratosSays, LOGIN_URL, Servers},
};
use bytes::Bytes;
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use keto_client::guard::{AllowAll, Authorization};
use kratos_client::guard::{Refusal, SessionGuard, SignedIn};
use std::time::Duration;
use url::form_urlencoded;

fn browser(uri: &str, cookies: &str) -> Request<()> {
    let request =
        Request::builder().uri(uri).header("host", "app.test").header("accept", "text/html");
    request.header("cookie", format!("ory_kratos_session=planted{cookies}")).body(()).unwrap()
}

fn script(uri: &str) -> Request<()> {
    let mut request = browser(uri, "");
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    request
}

/// The response, which is the same in each framework.
async fn send(sessions: &SessionGuard, request: &Request<()>) -> Response<Bytes> {
    let permissions = Authorization::new(AllowAll).require("app:homepage#read").unwrap();
    let mut responses = Vec::new();
    for framework in Framework::ALL {
        responses.push(framework.send(sessions, &permissions, request.clone()).await);
    }
    for response in &responses {
        assert_eq!(response.status(), responses[0].status());
        assert_eq!(response.headers().get("location"), responses[0].headers().get("location"));
        assert_eq!(response.body(), responses[0].body());
    }
    responses.swap_remove(0)
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[actix_web::test]
async fn the_way_back_keeps_path_and_query_and_never_leaves_the_application() {
    let sessions = Servers::new(KratosSays::NoSession, KetoSays::Allowed).sessions();
    for (uri, back) in [
        ("/a?b=c", "http%3A%2F%2Fapp.test%2Fa%3Fb%3Dc%26returned_from%3Dlogin"),
        ("//evil.test/a", "http%3A%2F%2Fapp.test%2F%2Fevil.test%2Fa%3Freturned_from%3Dlogin"),
        ("http://evil.test/a", "http%3A%2F%2Fapp.test%2Fa%3Freturned_from%3Dlogin"),
    ] {
        let response = send(&sessions, &browser(uri, "")).await;
        assert_eq!(response.status(), 302);
        assert_eq!(header(&response, "location"), format!("{LOGIN_URL}?return_to={back}"));
        assert_eq!(header(&response, "cache-control"), "no-store");
    }
    let mut forged = browser("/a", "");
    forged.headers_mut().insert("host", "evil.test".parse().unwrap());
    forged.headers_mut().insert("x-forwarded-host", "evil.test".parse().unwrap());
    assert!(!header(&send(&sessions, &forged).await, "location").contains("evil"));
}

/// Paths and hosts of all kinds of pieces that have led elsewhere in other programs.
#[actix_web::test]
async fn no_request_leads_a_browser_to_another_site() {
    const PIECES: [&str; 16] = [
        "/",
        "//",
        "\\",
        "@",
        ":",
        ";",
        "?",
        "&",
        "%2f",
        "%5c",
        "%0d%0a",
        "..",
        "evil.test",
        "http:",
        "returned_from=login",
        "return_to=//evil.test",
    ];
    const HOSTS: [&str; 5] = ["app.test", "evil.test", "app.test@evil.test", "app.test:evil", ""];
    let origin = |url: &str| url::Url::parse(url).unwrap().origin().ascii_serialization();
    let mut random = fastrand::Rng::with_seed(12);
    let mut sent = 0;
    for _ in 0..400 {
        let length = random.usize(..8);
        let path: String = (0..length).map(|_| PIECES[random.usize(..PIECES.len())]).collect();
        let Ok(uri) = format!("/{path}").parse::<http::Uri>() else { continue };
        sent += 1;
        let mut request = browser("/", "");
        *request.uri_mut() = uri;
        request.headers_mut().insert("host", HOSTS[sent % HOSTS.len()].parse().unwrap());
        for kratos in [KratosSays::Active, KratosSays::NoSession] {
            let sessions = Servers::new(kratos, KetoSays::Allowed).sessions();
            let response = send(&sessions, &request).await;
            let location = header(&response, "location");
            if let Some(login) = location.strip_prefix(LOGIN_URL) {
                let (_, back) = login.split_once("?return_to=").unwrap();
                let back = form_urlencoded::parse(back.as_bytes()).next().unwrap().0;
                assert_eq!(origin(&back), APP_URL, "{request:?}");
            } else if !location.is_empty() {
                assert_eq!(origin(location), APP_URL, "{request:?}");
            }
        }
    }
    assert!(sent > 200, "{sent}");
}

#[actix_web::test]
async fn nobody_is_sent_round_for_ever() {
    let sessions = Servers::new(KratosSays::NoSession, KetoSays::Allowed).sessions();
    let back = send(&sessions, &browser("/a?returned_from=login", "")).await;
    assert_eq!(back.status(), 403);
    assert!(String::from_utf8_lossy(back.body()).contains("the session is still missing"));

    // A login UI that loses the URL: the cookie counts.
    let mut cookies = String::new();
    let mut redirects = 0;
    loop {
        let response = send(&sessions, &browser("/a", &cookies)).await;
        if response.status() != 302 {
            assert_eq!(response.status(), 403);
            assert!(
                header(&response, "set-cookie")
                    .starts_with("ory_login_attempts=0; Path=/; Max-Age=0")
            );
            break;
        }
        redirects += 1;
        let cookie = header(&response, "set-cookie").split(';').next().unwrap();
        cookies = format!("; {cookie}");
    }
    assert_eq!(redirects, 5);
}

#[actix_web::test]
async fn who_is_back_gets_the_url_without_the_marker() {
    let sessions = Servers::new(KratosSays::Active, KetoSays::Allowed).sessions();
    let back = send(&sessions, &browser("//evil.test/?b=c&returned_from=login", "")).await;
    assert_eq!(back.status(), 302);
    assert_eq!(header(&back, "location"), "http://app.test//evil.test/?b=c");
    assert_eq!(send(&sessions, &browser("/a?b=c", "")).await.body(), PAGE);
}

#[actix_web::test]
async fn a_route_asks_for_a_second_factor() {
    let guard = |ann| SessionGuard::new(ann, LOGIN_URL, APP_URL).unwrap().require_second_factor();
    let sessions = guard(SignedIn::as_identity("ann"));
    let to = "http://ui.test/login?aal=aal2&return_to=\
              http%3A%2F%2Fapp.test%2Fkeys%3Freturned_from%3Dsecond-factor";
    assert_eq!(header(&send(&sessions, &browser("/keys", "")).await, "location"), to);
    let refused = send(&sessions, &script("/keys")).await;
    assert_eq!(refused.status(), 401);
    let challenge = "Bearer error=\"insufficient_user_authentication\", acr_values=\"aal2\"";
    assert_eq!(header(&refused, "www-authenticate"), challenge);
    let returned = send(&sessions, &browser("/keys?returned_from=second-factor", "")).await;
    assert_eq!(returned.status(), 403);

    let sessions = guard(SignedIn::as_identity("ann").with_second_factor());
    assert_eq!(send(&sessions, &browser("/keys", "")).await.body(), PAGE);
}

#[actix_web::test]
async fn a_route_asks_for_a_recent_login() {
    let hours_ago =
        |hours| Timestamp::now().checked_sub(SignedDuration::from_hours(hours)).unwrap();
    let guard = |hours| {
        let ann = SignedIn::as_identity("ann").authenticated_at(hours_ago(hours));
        let guard = SessionGuard::new(ann, LOGIN_URL, APP_URL).unwrap();
        guard.max_login_age(Duration::from_hours(2))
    };
    assert_eq!(send(&guard(1), &browser("/keys", "")).await.body(), PAGE);
    let to = "http://ui.test/login?refresh=true&return_to=\
              http%3A%2F%2Fapp.test%2Fkeys%3Freturned_from%3Drefresh";
    assert_eq!(header(&send(&guard(3), &browser("/keys", "")).await, "location"), to);
    let refused = send(&guard(3), &script("/keys")).await;
    assert_eq!(refused.status(), 401);
    let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=7200";
    assert_eq!(header(&refused, "www-authenticate"), challenge);

    // A session that does not tell when it began is too old.
    let sessions = Servers::new(KratosSays::Active, KetoSays::Allowed).sessions();
    let sessions = sessions.max_login_age(Duration::from_hours(2));
    assert_eq!(send(&sessions, &script("/keys")).await.status(), 401);
}

#[actix_web::test]
async fn an_application_replaces_responses() {
    let sessions = Servers::new(KratosSays::NoSession, KetoSays::Allowed).sessions();
    let sessions = sessions.on_refusal(|refusal, _| match refusal {
        Refusal::NoSession => {
            Some(Response::builder().status(404).body(Bytes::from("nothing here")).unwrap())
        }
        _ => None,
    });
    let response = send(&sessions, &browser("/", "")).await;
    assert_eq!((response.status().as_u16(), &response.body()[..]), (404, &b"nothing here"[..]));
    assert_eq!(send(&sessions, &browser("/?returned_from=login", "")).await.status(), 403);
}

#[actix_web::test]
async fn exceptions_need_no_session() {
    let servers = Servers::new(KratosSays::NoSession, KetoSays::Allowed);
    let sessions = servers.sessions().except("/health/*");
    let permissions = servers.authorization();
    for (path, status) in [("/health/alive", 200), ("/health", 401), ("/health/../a", 401)] {
        let app = axum::Router::new().fallback(async || PAGE);
        let app = app.layer(permissions.clone()).layer(sessions.clone());
        assert_eq!(crate::frameworks::axum(app, script(path)).await.status(), status, "{path}");
    }
    assert_eq!(servers.take_counts(), (2, 0));
}
