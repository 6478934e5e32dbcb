//! How `batch_check` finds out what a server's batch operation can take.

#![allow(clippy::unwrap_used, reason = "a test")]

use actix_web::{
    App, HttpResponse, HttpServer, rt,
    web::{self, Data, Json},
};
use keto_client::{
    ApiVersion, BatchPermissions, Check, CheckedNames, Decision, KetoClient, RelationTuple, Subject,
};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::Duration,
};
use url::Url;

/// A Keto that allows whoever's name starts with `a`, and counts.
#[derive(Default)]
struct Counting {
    /// The most tuples in a batch; none is no batch operation.
    limit: Option<usize>,
    batches: AtomicUsize,
    refused: AtomicUsize,
    checks: AtomicUsize,
    lists: AtomicUsize,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl Counting {
    async fn work(&self) {
        let now = self.in_flight.fetch_add(1, SeqCst) + 1;
        self.most_in_flight.fetch_max(now, SeqCst);
        rt::time::sleep(Duration::from_millis(20)).await;
        self.in_flight.fetch_sub(1, SeqCst);
    }
}

fn allowed(tuple: &Value) -> Value {
    json!({"allowed": tuple["subject_id"].as_str().unwrap().starts_with('a')})
}

async fn batch(server: Data<Counting>, body: Json<Value>) -> HttpResponse {
    let Some(limit) = server.limit else {
        return HttpResponse::NotFound().content_type("text/plain").body("404 page not found\n");
    };
    let tuples = body["tuples"].as_array().unwrap();
    if tuples.len() > limit {
        server.refused.fetch_add(1, SeqCst);
        let message = format!("batch exceeds max size of {limit}");
        return HttpResponse::BadRequest()
            .json(json!({"error": {"code": 400, "message": message}}));
    }
    server.batches.fetch_add(1, SeqCst);
    server.work().await;
    HttpResponse::Ok().json(json!({"results": tuples.iter().map(allowed).collect::<Vec<_>>()}))
}

async fn check(server: Data<Counting>, body: Json<Value>) -> HttpResponse {
    server.checks.fetch_add(1, SeqCst);
    server.work().await;
    HttpResponse::Ok().json(allowed(&body))
}

async fn list(server: Data<Counting>) -> HttpResponse {
    server.lists.fetch_add(1, SeqCst);
    HttpResponse::Ok().json(json!({"relation_tuples": [], "next_page_token": ""}))
}

fn serve(limit: Option<usize>) -> (Data<Counting>, Url) {
    let server = Data::new(Counting { limit, ..Counting::default() });
    let data = server.clone();
    let (listener, url) = contract_tests::app::port();
    let running = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .route("/relation-tuples/batch/check", web::post().to(batch))
            .route("/relation-tuples/check/openapi", web::post().to(check))
            .route("/relation-tuples", web::get().to(list))
    });
    rt::spawn(running.workers(1).disable_signals().listen(listener).unwrap().run());
    (server, url)
}

fn client(url: &Url) -> KetoClient {
    let client = KetoClient::builder().read_url(url.as_str()).api_version(ApiVersion::Current);
    client.max_batches_in_flight(3).max_checks_in_flight(5).build().unwrap()
}

async fn ask(client: &dyn BatchPermissions, count: usize) {
    let who = |n| if n % 3 == 0 { format!("ann-{n}") } else { format!("bob-{n}") };
    let tuple = |n| RelationTuple::new("app", "page", "read", Subject::id(who(n)));
    let checks: Vec<Check> = (0..count).map(tuple).map(Check::new).collect();
    let answers = client.batch_check(&checks).await.unwrap();
    let expected = |n| if n % 3 == 0 { Decision::Allowed } else { Decision::Denied };
    assert_eq!(answers, (0..count).map(expected).map(Ok).collect::<Vec<_>>());
}

#[actix_web::test]
async fn learns_the_limit_once() {
    let (server, url) = serve(Some(7));
    let client = client(&url);
    ask(&client, 100).await;
    assert_eq!(server.refused.load(SeqCst), 1);
    assert_eq!(server.batches.load(SeqCst), 15);
    assert_eq!(server.most_in_flight.load(SeqCst), 3);
    ask(&client, 15).await;
    assert_eq!(server.refused.load(SeqCst), 1);
    assert_eq!(server.batches.load(SeqCst), 18);
}

#[actix_web::test]
async fn uses_a_large_limit() {
    let (server, url) = serve(Some(500));
    ask(&client(&url), 450).await;
    assert_eq!((server.refused.load(SeqCst), server.batches.load(SeqCst)), (0, 1));
}

#[actix_web::test]
async fn asks_one_by_one_where_there_are_no_batches() {
    let (server, url) = serve(None);
    let client = client(&url);
    ask(&client, 40).await;
    assert_eq!(server.checks.load(SeqCst), 40);
    assert_eq!(server.most_in_flight.load(SeqCst), 5);
    ask(&client, 3).await;
    assert_eq!(server.checks.load(SeqCst), 43);
}

#[actix_web::test]
async fn a_limit_of_zero_is_an_error() {
    let (_, url) = serve(Some(0));
    let tuple = RelationTuple::new("app", "page", "read", Subject::id("ann"));
    let error = client(&url).batch_check(&[tuple.into()]).await.unwrap_err();
    assert_eq!(error.reason(), Some("batch exceeds max size of 0"));
}

#[actix_web::test]
async fn a_namespace_is_looked_up_once_and_only_for_a_denial() {
    let (server, url) = serve(Some(10));
    let checked = CheckedNames::new(client(&url));
    ask(&checked, 1).await;
    assert_eq!(server.lists.load(SeqCst), 0);
    ask(&checked, 30).await;
    ask(&checked, 30).await;
    assert_eq!(server.lists.load(SeqCst), 1);
}
