//! The endpoint that a proxy asks about each request.

use crate::{
    frameworks::{actix, axum},
    servers::{KetoSays, KratosSays, Servers},
};
use actix_web::{App, HttpResponse, web};
use axum::{Router, http::HeaderMap, routing::any};
use http::Request;
use kratos_client::guard::{ActiveSession, ForwardAuth, identity_headers};

async fn allowed(session: ActiveSession) -> HeaderMap {
    identity_headers(&session)
}

#[actix_web::test]
async fn a_proxy_gets_200_401_or_403_and_the_identity() {
    for (kratos, keto, status) in [
        (KratosSays::Active, KetoSays::Allowed, 200),
        (KratosSays::Active, KetoSays::Denied, 403),
        (KratosSays::NoSession, KetoSays::Allowed, 401),
        (KratosSays::SecondFactorRequired, KetoSays::Allowed, 401),
        (KratosSays::Nothing, KetoSays::Allowed, 503),
    ] {
        let servers = Servers::new(kratos, keto);
        let permissions = servers.authorization().require("app:{query.page}#read").unwrap();
        let app = Router::new().route("/auth", any(allowed)).layer(permissions.clone());
        let app = app.layer(servers.sessions()).layer(ForwardAuth);
        // The headers of the browser, one of them forged, and those of the proxy.
        let request = Request::builder().uri("/auth").header("accept", "text/html");
        let request = request.header("sec-fetch-mode", "navigate").header("x-identity-id", "eve");
        let request = request.header("cookie", "ory_kratos_session=planted");
        let request = request.header("x-forwarded-uri", "/a?page=home").body(()).unwrap();
        let response = axum(app, request.clone()).await;
        assert_eq!(response.status(), status, "{response:?}");
        assert!(!response.headers().contains_key("location"));
        let identity = response.headers().get("x-identity-id");
        assert_eq!(identity.map(|id| id == "ann"), (status == 200).then_some(true));
        let asked = servers.keto.take_requests();
        let about = |body: &[u8]| serde_json::from_slice::<serde_json::Value>(body).unwrap();
        assert!(asked.iter().all(|request| about(request.body())["object"] == "home"));

        let answer = |_: ActiveSession| async { HttpResponse::Ok().finish() };
        let app = web::resource("/auth").wrap(permissions).wrap(servers.sessions());
        let app = App::new().service(app.wrap(ForwardAuth).route(web::to(answer)));
        assert_eq!(actix(app, request).await.status(), status);
    }
}

#[actix_web::test]
async fn the_method_of_the_proxy_counts() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let app =
        Router::new().route("/auth", any(allowed)).layer(servers.sessions()).layer(ForwardAuth);
    for (method, status) in [("GET", 200), ("POST", 403)] {
        let request = Request::builder().uri("/auth").header("x-forwarded-method", method);
        let request = request.header("cookie", "ory_kratos_session=planted");
        let request = request.header("sec-fetch-site", "cross-site").body(()).unwrap();
        assert_eq!(axum(app.clone(), request).await.status(), status, "{method}");
    }
}
