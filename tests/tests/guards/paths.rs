//! Permissions by templates: values of the request, and conditions.

use crate::{
    frameworks::{actix, axum},
    servers::{KetoSays, KratosSays, Servers},
};
use actix_web::{App, dev::Service, web};
use axum::{Router, routing::get};
use bytes::Bytes;
use http::{Request, Response};
use keto_client::guard::{Condition, Permit, RequiredPermission};
use serde_json::{Value, json};

struct ViewDocument;

impl RequiredPermission for ViewDocument {
    const TEMPLATE: &'static str = "Document:{id}#view";
}

fn request(uri: &str) -> Request<()> {
    let request = Request::builder().uri(uri).header("host", "app.test").header("x-tenant", "acme");
    request.header("cookie", "ory_kratos_session=planted").body(()).unwrap()
}

/// The response of a route behind a template, and what Keto was asked; the same in both frameworks.
async fn ask(template: &str, keto: KetoSays, uri: &str) -> (Response<Bytes>, Vec<Value>) {
    let mut seen = Vec::new();
    for framework in ["axum", "actix-web"] {
        let servers = Servers::new(KratosSays::Active, keto);
        let (sessions, guard) =
            (servers.sessions(), servers.authorization().require(template).unwrap());
        let response = match framework {
            "axum" => {
                let app = Router::new().route("/documents/{id}", get(async || "page"));
                axum(app.route_layer(guard).layer(sessions), request(uri)).await
            }
            _ => {
                let page = web::resource("/documents/{id}").wrap(guard);
                let page = page.route(web::get().to(async || "page"));
                actix(App::new().wrap(sessions).service(page), request(uri)).await
            }
        };
        let asked = servers.keto.requests();
        let asked = asked.iter().map(|request| serde_json::from_slice(request.body()).unwrap());
        seen.push((response, asked.collect::<Vec<Value>>()));
    }
    let (other, same) = (seen.pop().unwrap(), seen.pop().unwrap());
    assert_eq!(same.0.status(), other.0.status(), "{template} {uri}");
    assert_eq!(same.1, other.1, "{template} {uri}");
    same
}

fn check(object: &str) -> Vec<Value> {
    let subject = json!({"namespace": "User", "object": "ann", "relation": ""});
    vec![json!({
        "namespace": "Document", "object": object, "relation": "view", "subject_set": subject,
    })]
}

#[actix_web::test]
async fn values_of_the_request_are_names() {
    for (template, uri, object) in [
        ("Document:{id}#view", "/documents/7", "7"),
        ("Document:{id}#view", "/documents/7%23owner%40(User:eve", "7#owner@(User:eve"),
        ("Document:{id}#view", "/documents/a%2Fb%25", "a/b%"),
        ("Document:{header.x-tenant}/{id}#view", "/documents/7", "acme/7"),
        ("Document:{query.id}#view", "/documents/7?id=%C3%A9+b&x=1", "é b"),
    ] {
        let (response, asked) = ask(template, KetoSays::Allowed, uri).await;
        assert_eq!(response.status(), 200, "{template} {uri}");
        assert_eq!(asked, check(object), "{template} {uri}");
    }
}

#[actix_web::test]
async fn a_request_without_the_value_is_refused_and_nobody_is_asked() {
    for (template, uri, status) in [
        ("Document:{query.id}#view", "/documents/7", 400),
        ("Document:{query.id}#view", "/documents/7?id=", 400),
        ("Document:{query.id}#view", "/documents/7?id=1&id=2", 400),
        ("Document:{header.x-none}#view", "/documents/7", 400),
        ("Document:{other}#view", "/documents/7", 500),
    ] {
        let (response, asked) = ask(template, KetoSays::Allowed, uri).await;
        assert_eq!((response.status().as_u16(), asked), (status, vec![]), "{template} {uri}");
    }
}

#[actix_web::test]
async fn a_denial_names_the_missing_relation() {
    let (response, _) = ask("Document:{id}#view", KetoSays::Denied, "/documents/7").await;
    let problem: Value = serde_json::from_slice(response.body()).unwrap();
    let expected = json!({
        "title": "Forbidden", "status": 403, "detail": "You do not have the permission.",
        "missing": ["Document:7#view"],
    });
    assert_eq!(problem, expected);
}

#[actix_web::test]
async fn an_extractor_reads_the_path_as_the_handler_does() {
    let uri = "/documents/a%2Fb%23c";
    let expected = check("a/b#c");
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let app = Router::new().route("/documents/{id}", get(async |_: Permit<ViewDocument>| "page"));
    let app = app.layer(servers.authorization()).layer(servers.sessions());
    assert_eq!(axum(app, request(uri)).await.status(), 200);
    let asked: Value = serde_json::from_slice(servers.keto.take_requests()[0].body()).unwrap();
    assert_eq!(asked, expected[0]);

    let page = web::get().to(|_: Permit<ViewDocument>| async { "page" });
    let app = App::new().wrap(servers.authorization()).wrap(servers.sessions());
    let response = actix(app.route("/documents/{id}", page), request(uri)).await;
    assert_eq!(response.status(), 200);
    let asked: Value = serde_json::from_slice(servers.keto.take_requests()[0].body()).unwrap();
    assert_eq!(asked, expected[0]);
}

/// The handler may read either of them.
#[actix_web::test]
async fn a_parameter_that_is_there_twice_is_refused() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let guard = servers.authorization().require("Document:{id}#view").unwrap();
    let page = web::resource("/documents/{id}").wrap(guard).route(web::get().to(async || "page"));
    let app = App::new().wrap(servers.sessions()).service(web::scope("/{id}").service(page));
    assert_eq!(actix(app, request("/mine/documents/7")).await.status(), 400);
    assert_eq!(servers.keto.take_requests().len(), 0);
}

/// A middleware between two guards replaces what the caller sent.
#[actix_web::test]
async fn a_guard_sees_the_request_as_the_middleware_around_it_left_it() {
    let servers = Servers::new(KratosSays::Active, KetoSays::Allowed);
    let template = "Document:{header.x-tenant}/{header.x-new}/{query.id}#view";
    let guard = servers.authorization().require(template).unwrap();
    let page = web::resource("/new").wrap(guard).route(web::get().to(async || "page"));
    let app = App::new().service(page).wrap_fn(|mut request, next| {
        let head = request.head_mut();
        for (name, value) in [("x-tenant", "own"), ("x-new", "1")] {
            head.headers.insert(name.parse().unwrap(), value.parse().unwrap());
        }
        head.uri = "/new?id=8".parse().unwrap();
        next.call(request)
    });
    let response = actix(app.wrap(servers.sessions()), request("/new?id=7")).await;
    assert_eq!(response.status(), 200, "{response:?}");
    let asked: Value = serde_json::from_slice(servers.keto.take_requests()[0].body()).unwrap();
    assert_eq!(asked, check("own/1/8")[0]);
}

#[actix_web::test]
async fn a_condition_is_one_batch_with_each_tuple_once() {
    let view = "Document:{id}#view";
    let condition = Condition::all([
        Condition::any([view, "app:admin#access"]).unwrap(),
        Condition::not("Document:{id}#blocked".parse().unwrap()),
        view.parse().unwrap(),
    ]);
    for (keto, status) in
        [(KetoSays::Allowed, 403), (KetoSays::Denied, 403), (KetoSays::Nothing, 503)]
    {
        let servers = Servers::new(KratosSays::Active, keto);
        let guard = servers.authorization().require(condition.clone().unwrap()).unwrap();
        let app = Router::new().route("/documents/{id}", get(async || "page")).route_layer(guard);
        let response = axum(app.layer(servers.sessions()), request("/documents/7")).await;
        assert_eq!(response.status(), status, "{keto:?}");
        let asked = servers.keto.take_requests();
        assert_eq!(asked.len(), 1);
        let batch: Value = serde_json::from_slice(asked[0].body()).unwrap();
        assert_eq!(batch["tuples"].as_array().unwrap().len(), 3);
    }
}
