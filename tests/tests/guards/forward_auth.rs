//! The endpoint that a proxy asks about each request.

use crate::{
    frameworks::{actix, axum},
    servers::{KetoSays, KratosSays, Servers},
};
use actix_web::{App, HttpResponse, HttpResponseBuilder, web};
use axum::{Router, http::HeaderMap, routing::any};
use bytes::Bytes;
use http::{Request, Response};
use keto_client::guard::{AllowAll, Authorization};
use kratos_client::guard::{ActiveSession, ForwardAuth, SessionGuard, SignedIn, identity_headers};
use serde_json::{Value, json};

pub async fn allowed(session: ActiveSession) -> HeaderMap {
    identity_headers(&session)
}

/// `identity_headers` has headers of another version of `http`.
async fn allowed_in_actix(session: ActiveSession) -> HttpResponse {
    let mut response: HttpResponseBuilder = HttpResponse::Ok();
    for (name, value) in &identity_headers(&session) {
        response.insert_header((name.as_str(), value.as_bytes()));
    }
    response.finish()
}

/// The responses, in each framework, about the routes of the application behind a proxy: `/page` and
/// `/documents/{id}` need a permission, and all below `/public/` a session.
pub async fn send(
    forward: &ForwardAuth,
    sessions: &SessionGuard,
    authorization: &Authorization,
    request: Request<()>,
) -> Vec<Response<Bytes>> {
    let guard = |template| authorization.require(template).unwrap();
    let (page, document) = (guard("app:homepage#read"), guard("Document:{id}#view"));
    let routes = Router::new()
        .route("/page", any(allowed).layer(page.clone()))
        .route("/documents/{id}", any(allowed).layer(document.clone()))
        .route("/public/{*tail}", any(allowed))
        .layer(sessions.clone());
    let by_axum = axum(forward.clone().routes(routes), request.clone()).await;
    let page = web::resource("/page").wrap(page).route(web::to(allowed_in_actix));
    let document = web::resource("/documents/{id}").wrap(document).route(web::to(allowed_in_actix));
    let public = web::resource("/public/{tail:.*}").route(web::to(allowed_in_actix));
    let app = App::new().wrap(sessions.clone()).wrap(forward.clone());
    let by_actix = actix(app.service(page).service(document).service(public), request).await;
    vec![by_actix, by_axum]
}

/// The request of each proxy, about one with this method and URI.
pub fn proxies(method: &str, uri: &str) -> [(ForwardAuth, Request<()>); 4] {
    let forwarded = |forward: ForwardAuth, prefix: &str| {
        let request = Request::builder()
            .uri("/auth?page=other")
            .header(format!("x-{prefix}-method"), method)
            .header(format!("x-{prefix}-uri"), uri)
            .header("host", "app.test")
            .header("x-forwarded-host", "app.test");
        (forward, request.body(()).unwrap())
    };
    let same = Request::builder().method(method).uri(uri).header("host", "app.test");
    [
        forwarded(ForwardAuth::nginx(), "original"),
        forwarded(ForwardAuth::traefik(), "forwarded"),
        forwarded(ForwardAuth::caddy(), "forwarded"),
        (ForwardAuth::envoy(), same.body(()).unwrap()),
    ]
}

/// Adds what a browser sends, a cookie among it.
pub fn from_browser(mut request: Request<()>, headers: &[(&'static str, &str)]) -> Request<()> {
    let cookie = ("cookie", "ory_kratos_session=planted");
    let browser = [("accept", "text/html"), ("sec-fetch-mode", "navigate"), cookie];
    for (name, value) in browser.iter().chain(headers) {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

#[actix_web::test]
async fn a_proxy_gets_the_identity_that_no_caller_forges() {
    for (kratos, keto, status) in [
        (KratosSays::Active, KetoSays::Allowed, 200),
        (KratosSays::Active, KetoSays::Denied, 403),
        (KratosSays::NoSession, KetoSays::Allowed, 401),
    ] {
        for (forward, request) in proxies("GET", "/page") {
            let request = from_browser(request, &[("x-identity-id", "eve")]);
            let servers = Servers::new(kratos, keto);
            let (sessions, permissions) = (servers.sessions(), servers.authorization());
            for response in send(&forward, &sessions, &permissions, request).await {
                assert_eq!(response.status(), status, "{forward:?}: {response:?}");
                assert!(!response.headers().contains_key("location"));
                let identity = response.headers().get("x-identity-id");
                assert_eq!(identity.map(|id| id == "ann"), (status == 200).then_some(true));
            }
        }
    }
}

#[actix_web::test]
async fn a_template_takes_its_values_from_the_path_that_the_proxy_names() {
    for (uri, object) in [
        ("/documents/7", Some("7")),
        ("/documents/a%2Fb%23c?id=8", Some("a/b#c")),
        ("/other/7", None),
        ("/auth/documents/7", None),
        ("/other", None),
    ] {
        for (forward, request) in proxies("GET", uri) {
            let request = from_browser(request, &[]);
            let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
            let (sessions, permissions) = (servers.sessions(), servers.authorization());
            for response in send(&forward, &sessions, &permissions, request).await {
                let status = if object.is_some() { 200 } else { 404 };
                assert_eq!(response.status(), status, "{forward:?} {uri}: {response:?}");
            }
            let asked = servers.keto.take_requests();
            assert_eq!(asked.len(), if object.is_some() { 2 } else { 0 }, "{forward:?} {uri}");
            for asked in asked {
                let check: Value = serde_json::from_slice(asked.body()).unwrap();
                assert_eq!(
                    (&check["object"], &check["relation"]),
                    (&json!(object), &json!("view"))
                );
            }
        }
    }
}

/// The application may take such a path for another one than the endpoint.
#[actix_web::test]
async fn a_path_with_an_ambiguous_segment_is_denied() {
    for (uri, status) in [
        ("/public/a..b/.hidden/...", 200),
        ("/public/a%2Fb", 200),
        ("/public/a?next=/..//documents/7", 200),
        ("//documents/7", 403),
        ("/public//documents/7", 403),
        ("/public/%2Fdocuments/7", 403),
        ("/public/;x=1/documents/7", 403),
        ("/public/a/", 200),
        ("/public/../documents/7", 403),
        ("/public/./documents/7", 403),
        ("/public/..", 403),
        ("/public/%2e%2E/documents/7", 403),
        ("/public/.%2e/documents/7", 403),
        ("/public/..%2Fdocuments/7", 403),
        ("/public/%2e%2e%5cdocuments/7", 403),
        ("/public/..;x=1/documents/7", 403),
        ("/public/..%3B/documents/7", 403),
        ("/documents/8/../7", 403),
    ] {
        for (forward, request) in proxies("GET", uri) {
            let request = from_browser(request, &[]);
            let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
            let (sessions, permissions) = (servers.sessions(), servers.authorization());
            for response in send(&forward, &sessions, &permissions, request).await {
                assert_eq!(response.status(), status, "{forward:?} {uri}: {response:?}");
            }
        }
    }
}

/// nginx hands on all headers of the browser, those of other proxies as well.
#[actix_web::test]
async fn headers_of_another_proxy_decide_nothing() {
    let forged = [
        ("x-original-uri", "/documents/mine"),
        ("x-original-method", "GET"),
        ("x-original-url", "/documents/mine"),
        ("x-rewrite-url", "/documents/mine"),
        ("x-http-method-override", "GET"),
        ("x-forwarded-prefix", "/documents/mine"),
    ];
    let forged_too = [("x-forwarded-uri", "/documents/mine"), ("x-forwarded-method", "GET")];
    for (forward, request) in proxies("POST", "/documents/7") {
        let mut headers = vec![("origin", "http://app.test")];
        let not_its_own =
            |(name, _): &&(&'static str, &'static str)| !request.headers().contains_key(*name);
        headers.extend(forged.iter().chain(&forged_too).filter(not_its_own));
        let request = from_browser(request.clone(), &headers);
        let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
        send(&forward, &servers.sessions(), &servers.authorization(), request).await;
        for asked in servers.keto.take_requests() {
            let check: Value = serde_json::from_slice(asked.body()).unwrap();
            assert_eq!(check["object"], "7", "{forward:?}");
        }
    }
}

#[actix_web::test]
async fn a_header_that_is_missing_twice_or_not_valid_is_refused() {
    let sessions =
        SessionGuard::new(SignedIn::as_identity("ann"), "http://ui.test/login", "http://app.test");
    let (sessions, permissions) = (sessions.unwrap(), Authorization::new(AllowAll));
    for (name, values) in [
        ("uri", &[][..]),
        ("uri", &["/page", "/page"]),
        ("uri", &["page"]),
        ("uri", &["http://app.test/page"]),
        ("uri", &["/pa ge"]),
        ("uri", &[""]),
        ("method", &[]),
        ("method", &["GET", "POST"]),
        ("method", &["G T"]),
    ] {
        for (forward, request) in proxies("GET", "/page").into_iter().take(3) {
            let mut request = from_browser(request, &[]);
            let own = ["original", "forwarded"].map(|kind| format!("x-{kind}-{name}"));
            let own = own.iter().find(|name| request.headers().contains_key(*name)).unwrap();
            request.headers_mut().remove(own);
            for value in values {
                let own: http::HeaderName = own.parse().unwrap();
                request.headers_mut().append(own, value.parse().unwrap());
            }
            for response in send(&forward, &sessions, &permissions, request).await {
                assert_eq!(response.status(), 400, "{forward:?} {name} {values:?}");
            }
        }
    }
}

/// nginx keeps `Upgrade` to itself, so that the handshake looks like a page that is opened.
#[actix_web::test]
async fn another_site_opens_no_websocket_through_a_proxy() {
    let websockets = [("upgrade", "websocket"), ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")];
    for (site, status) in [("http://evil.test", 403), ("http://app.test", 200)] {
        for websocket in websockets {
            for (forward, request) in proxies("GET", "/page") {
                let request = from_browser(request, &[websocket, ("origin", site)]);
                let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
                let (sessions, permissions) = (servers.sessions(), servers.authorization());
                for response in send(&forward, &sessions, &permissions, request).await {
                    assert_eq!(response.status(), status, "{forward:?} {site} {websocket:?}");
                }
            }
        }
    }
}

/// An endpoint at one path, with a permission that the query names.
#[actix_web::test]
async fn one_endpoint_decides_by_the_query_that_the_proxy_names() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let permissions = servers.authorization().require("app:{query.page}#read").unwrap();
    let app = Router::new().route("/auth", any(allowed)).layer(permissions.clone());
    let app = app.layer(servers.sessions()).layer(ForwardAuth::traefik());
    let [_, (forward, request), ..] = proxies("GET", "/any?page=home");
    let request = from_browser(request, &[]);
    assert_eq!(axum(app, request.clone()).await.status(), 200);
    let app = web::resource("/auth").wrap(permissions).wrap(servers.sessions()).wrap(forward);
    let app = App::new().service(app.route(web::to(allowed_in_actix)));
    assert_eq!(actix(app, request).await.status(), 200);
    let asked = servers.keto.take_requests();
    assert_eq!(asked.len(), 2);
    for asked in asked {
        let check: Value = serde_json::from_slice(asked.body()).unwrap();
        assert_eq!(check["object"], "home");
    }
}
