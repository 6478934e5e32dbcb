//! The Keto for tests as a test uses it.

#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, reason = "a test")]

use http::StatusCode;
use keto_client::{
    BatchPermissions, Check, Decision, HttpConfig, KetoClient, ListRelationships, Metadata,
    Namespace, Namespaces, OplPosition, OplSyntax, Permissions, RelationQuery, RelationTuple,
    RelationshipPatch, Relationships, RetryConfig, Subject,
    opl::{Model, PermissionTests},
    testing::{Fault, KetoServer, KetoVersion, Storage},
};
use std::{
    collections::BTreeMap,
    io,
    net::TcpStream,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

fn tuple() -> RelationTuple {
    "app:homepage#read@User:ann".parse().unwrap()
}

#[test]
fn it_starts_in_less_than_20_ms() {
    let fastest = (0..10)
        .map(|_| {
            let started = Instant::now();
            let keto = KetoServer::start(["app", "User"]).unwrap();
            TcpStream::connect(keto.read_url().socket_addrs(|| None).unwrap()[0]).unwrap();
            started.elapsed()
        })
        .min();
    assert!(fastest.unwrap() < Duration::from_millis(20), "{fastest:?}");
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let keto = KetoServer::start(["app", "User"]).unwrap();
    let (client, address) = (keto.client(), keto.read_url().socket_addrs(|| None).unwrap());
    assert!(client.is_ready().await.unwrap());
    drop(keto);
    assert!(TcpStream::connect(address[0]).is_err());
    assert!(client.check(&tuple().into()).await.is_err());
}

#[tokio::test]
async fn it_needs_no_port() {
    for version in [KetoVersion::Current, KetoVersion::OryNetwork, KetoVersion::V0_7] {
        let keto = KetoServer::builder().version(version).namespaces(["app", "User"]);
        let keto = keto.tuples([tuple()]).in_process().unwrap();
        let client = keto.client();
        assert_eq!(client.check(&tuple().into()).await.unwrap(), Decision::Allowed);
        client.delete_relationship(&tuple()).await.unwrap();
        assert_eq!(client.check(&tuple().into()).await.unwrap(), Decision::Denied);
        assert_eq!(keto.tuples(), []);
    }
}

#[tokio::test]
async fn it_fails_as_it_is_told() {
    for in_process in [false, true] {
        let keto = KetoServer::builder().namespaces(["app", "User"]).tuples([tuple()]);
        let keto = if in_process { keto.in_process() } else { keto.start() }.unwrap();
        let http = HttpConfig::default().retries(RetryConfig::none());
        let http = if in_process { http.service(keto.service()) } else { http };
        let client = keto.client_builder().http(http).build().unwrap();
        let check = Check::new(tuple());
        let check = async || client.check(&check).await;
        assert_eq!(check().await.unwrap(), Decision::Allowed);

        keto.add_fault(Fault::status(StatusCode::SERVICE_UNAVAILABLE).times(1));
        assert_eq!(check().await.unwrap_err().status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(check().await.unwrap(), Decision::Allowed);

        keto.add_fault(Fault::disconnect().path_prefix("/relation-tuples/check"));
        assert_eq!(check().await.unwrap_err().status(), None);
        assert!(client.is_ready().await.unwrap(), "another path");
        keto.clear_faults();

        keto.add_fault(Fault::delay(Duration::from_millis(50)));
        let started = Instant::now();
        assert_eq!(check().await.unwrap(), Decision::Allowed);
        assert!(started.elapsed() >= Duration::from_millis(50));
    }
}

#[tokio::test]
async fn it_records_what_it_is_asked() {
    let keto = KetoServer::start(["app", "User"]).unwrap();
    keto.client().create_relationship(&tuple()).await.unwrap();
    let requests = keto.requests();
    let request = requests.last().unwrap();
    assert_eq!(format!("{request:?}"), "PUT /admin/relation-tuples");
    let body: RelationTuple = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body, tuple());
    assert_eq!(request.headers["content-type"], "application/json");
}

/// A storage in memory, which can be told to fail.
#[derive(Debug, Default)]
struct Memory(Mutex<(Entries, bool)>);

/// Values by table and key.
type Entries = BTreeMap<(String, String), Vec<u8>>;

impl Storage for Memory {
    fn load(&self, table: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
        let entries = &self.0.lock().unwrap().0;
        let of_table = entries.iter().filter(|((name, _), _)| name == table);
        Ok(of_table.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    fn commit(&self, table: &str, changes: &[(String, Option<Vec<u8>>)]) -> io::Result<()> {
        let (entries, fails) = &mut *self.0.lock().unwrap();
        if *fails {
            return Err(io::Error::other("the disk is full"));
        }
        for (key, value) in changes {
            let key = (table.to_owned(), key.clone());
            match value {
                Some(value) => entries.insert(key, value.clone()),
                None => entries.remove(&key),
            };
        }
        Ok(())
    }
}

#[tokio::test]
async fn what_is_confirmed_is_stored() {
    let storage = Arc::new(Memory::default());
    let start = || {
        let keto = KetoServer::builder().namespaces(["app", "User"]).tuples([tuple()]);
        keto.storage(storage.clone()).in_process().unwrap()
    };
    let bob: RelationTuple = "app:homepage#read@User:bob".parse().unwrap();
    let keto = start();
    keto.client().create_relationship(&bob).await.unwrap();
    keto.client().delete_relationship(&tuple()).await.unwrap();

    // What cannot be stored is not confirmed, and has no effect.
    storage.0.lock().unwrap().1 = true;
    let error = keto.client().create_relationship(&tuple()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(keto.tuples(), std::slice::from_ref(&bob));

    storage.0.lock().unwrap().1 = false;
    let keto = start();
    let query = ListRelationships::new(RelationQuery::new().namespace("app"));
    let stored = keto.client().list_relationships_page(&query).await.unwrap().items;
    assert_eq!(stored, std::slice::from_ref(&bob));

    // What was deleted last does not come back either.
    keto.client().delete_relationship(&bob).await.unwrap();
    assert_eq!(start().tuples(), []);
}

fn documents() -> Model {
    let model = "class User implements Namespace {}
        class Document implements Namespace {
          related: { owners: User[], blocked: User[] }
          permits = { edit: (ctx) => this.related.owners.includes(ctx.subject) &&
            !this.related.blocked.includes(ctx.subject) } }";
    Model::parse(model).unwrap()
}

#[tokio::test]
async fn it_evaluates_a_permission_model() {
    let keto = KetoServer::builder().model(documents()).in_process().unwrap();
    let client = keto.client();
    let edit = |who: &str| Check::new(format!("Document:a#edit@User:{who}").parse().unwrap());
    let tuple = |text: &str| text.parse::<RelationTuple>().unwrap();
    assert_eq!(client.check(&edit("ann")).await.unwrap(), Decision::Denied);
    client.create_relationship(&tuple("Document:a#owners@User:ann")).await.unwrap();
    assert_eq!(client.check(&edit("ann")).await.unwrap(), Decision::Allowed);
    client.create_relationship(&tuple("Document:a#blocked@User:ann")).await.unwrap();
    assert_eq!(client.check(&edit("ann")).await.unwrap(), Decision::Denied);
    let blocked = RelationQuery::new().namespace("Document").relation("blocked");
    client.delete_all_relationships_matching(&blocked).await.unwrap();
    let batch = [edit("ann"), edit("bob")];
    let decisions = client.batch_check(&batch).await.unwrap();
    assert_eq!(decisions, [Ok(Decision::Allowed), Ok(Decision::Denied)]);

    let unknown = client.check(&tuple("Document:a#eidt@User:ann").into()).await.unwrap_err();
    assert_eq!(unknown.status(), Some(StatusCode::BAD_REQUEST));
    let names = client.list_namespaces().await.unwrap();
    assert_eq!(names.iter().map(Namespace::as_str).collect::<Vec<_>>(), ["User", "Document"]);
}

#[tokio::test]
async fn it_checks_the_syntax_of_models() {
    for in_process in [true, false] {
        let keto = KetoServer::builder();
        let keto = if in_process { keto.in_process() } else { keto.start() }.unwrap();
        let client = keto.client();
        assert_eq!(client.check_opl_syntax(&documents().to_string()).await.unwrap(), []);
        let errors = client.check_opl_syntax("class A implements").await.unwrap();
        assert_eq!(errors[0].start, OplPosition::new(1, 18));
    }
    let keto = KetoServer::builder().version(KetoVersion::V0_7).in_process().unwrap();
    assert!(keto.client().check_opl_syntax("").await.unwrap_err().is_unsupported());
}

/// The Keto at `TEST_KETO_MODEL_READ_URL`, whose model the tests replace.
#[tokio::test]
async fn it_answers_as_a_real_keto_with_the_same_model() {
    let variable = keto_client::env_vars;
    let (Some(read), Some(write), Some(opl), Some(file)) = (
        variable("TEST_KETO_MODEL_READ_URL"),
        variable("TEST_KETO_MODEL_WRITE_URL"),
        variable("TEST_KETO_OPL_URL"),
        variable("TEST_KETO_MODEL_FILE"),
    ) else {
        return;
    };
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/opl/deny_list.test.yml");
    let tests = PermissionTests::from_file(path).unwrap();
    std::fs::write(file, tests.model.to_string()).unwrap();
    let real = KetoClient::builder().read_url(read).write_url(write).opl_url(opl).build().unwrap();
    let names: Vec<_> = tests.model.classes.iter().map(|class| class.name.clone()).collect();
    let has_model = async || {
        let listed = real.list_namespaces().await.unwrap();
        listed.iter().map(Namespace::as_str).eq(names.iter().map(String::as_str))
    };
    while !has_model().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let server = KetoServer::builder().model(tests.model.clone()).start().unwrap();
    let testing = server.client();
    let mut checks = vec![
        Check::new(RelationTuple::new(&names[0], "x", "unknown", Subject::id("ann"))),
        Check::new("Nowhere:x#read@ann".parse().unwrap()),
    ];
    for test in &tests.tests {
        checks.extend(test.allowed.iter().chain(&test.denied).cloned().map(Check::new));
    }
    let mut answers = Vec::new();
    for keto in [&testing, &real] {
        for name in &names {
            let all = RelationQuery::new().namespace(name);
            keto.delete_all_relationships_matching(&all).await.unwrap();
        }
        let patches: Vec<_> = tests.tuples.iter().cloned().map(RelationshipPatch::Insert).collect();
        keto.patch_relationships(&patches).await.unwrap();
        assert!(tests.run_on(keto).await.unwrap().passed());
        let mut answered = Vec::new();
        for check in &checks {
            let answer = keto.check(check).await;
            answered.push(answer.map_err(|error| (error.status(), error.to_string())));
        }
        let batch = keto.batch_check(&checks).await.unwrap();
        let mut places = Vec::new();
        for source in ["class A implements", "", "class Ü", "class A implements Namespace {} }"] {
            let errors = keto.check_opl_syntax(source).await.unwrap();
            places.push(errors.first().map(|error| error.start));
        }
        answers.push((answered, batch, places));
    }
    assert_eq!(answers[0], answers[1]);
}
