//! The routes of both APIs.

use super::{
    admin::{courier, identities, recovery, sessions},
    browser::with_error_page,
    flow::{
        Kind, create_browser, create_native, get,
        submit::{follow_link, submit},
    },
    frontend, logout, my_sessions,
    state::{Answer, Kratos},
    whoami::whoami,
};
use http::{Method, StatusCode};
use ory_http::testing::{AutomaticMethod, Call, Router, json};
use serde_json::json;

pub(super) fn public() -> Router<Kratos> {
    // Kratos answers this one whatever the method.
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
    ];
    let mut routes = health(Router::new(AutomaticMethod::Head), "")
        .route(&methods, "/sessions/whoami", whoami)
        .get("/sessions", my_sessions::list)
        .route(&[Method::DELETE], "/sessions", my_sessions::disable_others)
        .route(&[Method::DELETE], "/sessions/{id}", my_sessions::disable)
        .get("/sessions/token-exchange", my_sessions::exchange_token)
        .route(&[Method::DELETE], "/sessions/token-exchange", my_sessions::disable)
        .get("/self-service/logout/browser", logout::create)
        .route(&[Method::DELETE], "/self-service/logout/api", logout::native)
        .get("/self-service/logout", with_error_page(logout::submit))
        .get("/self-service/errors", frontend::error)
        .post("/self-service/fed-cm/token", frontend::fedcm_token)
        .get("/schemas", frontend::schemas)
        .get("/schemas/{id}", frontend::schema)
        .get("/.well-known/ory/webauthn.js", frontend::webauthn_script);
    for kind in Kind::ALL {
        let base = format!("/self-service/{}", kind.name());
        let browser = with_error_page(move |kratos, call| create_browser(kratos, call, kind));
        let submit = with_error_page(move |kratos, call| submit(kratos, call, kind));
        let link = with_error_page(move |kratos, call| follow_link(kratos, call, kind));
        routes = routes
            .get(&format!("{base}/browser"), browser)
            .get(&format!("{base}/api"), move |kratos, call| create_native(kratos, call, kind))
            .get(&format!("{base}/flows"), move |kratos, call| get(kratos, call, kind))
            .post(&base, submit)
            .get(&base, link);
    }
    routes
}

pub(super) fn admin() -> Router<Kratos> {
    let (put, patch, delete) = ([Method::PUT], [Method::PATCH], [Method::DELETE]);
    let routes = health(Router::new(AutomaticMethod::Head), "");
    health(routes, "/admin")
        .get("/admin/identities", identities::list)
        .post("/admin/identities", identities::create)
        .route(&patch, "/admin/identities", identities::batch)
        .get("/admin/identities/{id}", identities::get)
        .route(&put, "/admin/identities/{id}", identities::update)
        .route(&patch, "/admin/identities/{id}", identities::patch)
        .route(&delete, "/admin/identities/{id}", identities::delete)
        .get("/admin/identities/by/external/{external_id}", identities::get_by_external_id)
        .route(&delete, "/admin/identities/{id}/credentials/{kind}", identities::delete_credential)
        .get("/admin/identities/{id}/sessions", sessions::list_of_identity)
        .route(&delete, "/admin/identities/{id}/sessions", sessions::delete_of_identity)
        .get("/admin/sessions", sessions::list)
        .get("/admin/sessions/{id}", sessions::get)
        .route(&delete, "/admin/sessions/{id}", sessions::disable)
        .route(&patch, "/admin/sessions/{id}/extend", sessions::extend)
        .post("/admin/recovery/code", recovery::create_code)
        .post("/admin/recovery/link", recovery::create_link)
        .get("/admin/courier/messages", courier::list)
        .get("/admin/courier/messages/{id}", courier::get)
}

fn health(routes: Router<Kratos>, prefix: &str) -> Router<Kratos> {
    let ok =
        |_: &Kratos, _: &Call<'_>| -> Answer { Ok(json(StatusCode::OK, &json!({"status": "ok"}))) };
    let version = |_: &Kratos, _: &Call<'_>| -> Answer {
        let version = concat!("testing-", env!("CARGO_PKG_VERSION"));
        Ok(json(StatusCode::OK, &json!({"version": version})))
    };
    let routes = routes
        .get(&format!("{prefix}/health/alive"), ok)
        .get(&format!("{prefix}/health/ready"), ok);
    // The public API has no version, and the admin API has it at both places.
    if prefix.is_empty() {
        routes
    } else {
        routes.get("/version", version).get("/admin/version", version)
    }
}
