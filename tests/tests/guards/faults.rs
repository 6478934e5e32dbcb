//! A guarded application of axum over servers and networks that fail: never the page.

use crate::frameworks::{PAGE, axum};
use ::axum::{Router, routing::get};
use contract_tests::fault::{Fault, FaultyServer};
use http::Request;
use keto_client::{
    HttpConfig, KetoClient,
    guard::{AllowAll, Authorization},
};
use kratos_client::{
    KratosClient,
    guard::{SessionGuard, SignedIn},
};
use std::time::Duration;

#[tokio::test]
async fn a_guarded_app_answers_503_and_never_shows_the_page() {
    for fault in Fault::ALL {
        let server = FaultyServer::start(fault).await;
        let http = || {
            let limit = Duration::from_secs(1);
            HttpConfig::default().timeout(limit).connect_timeout(limit)
        };
        let kratos = KratosClient::builder().public_url(server.url.as_str()).http(http());
        let keto = KetoClient::builder().read_url(server.url.as_str()).http(http());
        let (kratos, keto) = (kratos.build().unwrap(), keto.build().unwrap());
        let (login, app) = ("http://ui.test/login", "http://app.test");
        for (sessions, authorization) in [
            (SessionGuard::new(kratos, login, app), Authorization::new(AllowAll)),
            (SessionGuard::new(SignedIn::as_identity("ann"), login, app), Authorization::new(keto)),
        ] {
            let permissions = authorization.require("app:homepage#read").unwrap();
            let app = Router::new().route("/", get(async || PAGE));
            let app = app.layer(permissions).layer(sessions.unwrap());
            let request = Request::builder().uri("/").header("cookie", "ory_kratos_session=x");
            let response = axum(app, request.body(()).unwrap()).await;
            assert_eq!(response.status(), 503, "{fault:?}: {response:?}");
            assert_ne!(response.body(), PAGE, "{fault:?}");
        }
    }
}
