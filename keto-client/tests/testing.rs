//! The Keto for tests as a test uses it.

#![cfg(feature = "testing")]
#![allow(clippy::unwrap_used, reason = "a test")]

use http::StatusCode;
use keto_client::{
    Check, Decision, HttpConfig, ListRelationships, Metadata, Permissions, RelationQuery,
    RelationTuple, Relationships, RetryConfig,
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
