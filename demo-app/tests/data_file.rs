//! `DATA_FILE` keeps what the embedded servers confirmed.

#![allow(clippy::unwrap_used, reason = "a test")]

mod program;

use keto_client::{
    KetoClient, ListRelationships, RelationQuery, RelationTuple, Relationships, RelationshipsExt,
};
use kratos_client::{Identities, KratosClient, ListIdentities, NewIdentity};
use program::{Running, run};
use serde_json::json;
use std::{
    collections::HashSet,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

struct DataFile(PathBuf);

impl DataFile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("demo-app-{}.redb", Uuid::new_v4())))
    }

    fn start(&self) -> Running {
        let settings = [("LISTEN_ADDR", "127.0.0.1:0"), ("DATA_FILE", self.0.to_str().unwrap())];
        Running::start(&settings, "cleo")
    }
}

impl Drop for DataFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn keto(demo: &Running) -> KetoClient {
    let read = demo.last_word("Keto read");
    KetoClient::builder().read_url(read).write_url(demo.last_word("Keto write")).build().unwrap()
}

async fn tuples(keto: &KetoClient) -> HashSet<RelationTuple> {
    use futures_util::TryStreamExt;
    let query = ListRelationships::new(RelationQuery::new().namespace("app"));
    let tuples: Vec<_> = keto.list_relationships(query).try_collect().await.unwrap();
    let count = tuples.len();
    let tuples: HashSet<_> = tuples.into_iter().collect();
    assert_eq!(tuples.len(), count, "a tuple twice");
    tuples
}

/// The program is killed while it writes, so that it has no chance to save anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_confirmed_outlives_a_kill() {
    let file = DataFile::new();
    let mut confirmed = HashSet::new();
    for round in 0..5 {
        let demo = file.start();
        let stored = tuples(&keto(&demo)).await;
        let lost: Vec<_> = confirmed.difference(&stored).collect();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");
        let killed = Arc::new(AtomicBool::new(false));
        let writing = tokio::spawn(write(keto(&demo), round, killed.clone()));
        tokio::time::sleep(Duration::from_millis(150 + 40 * round)).await;
        // Kills it, as SIGKILL.
        drop(demo);
        killed.store(true, Ordering::SeqCst);
        let written = writing.await.unwrap();
        assert!(!written.is_empty(), "nothing was written in round {round}");
        confirmed.extend(written);
    }
    let demo = file.start();
    let stored = tuples(&keto(&demo)).await;
    assert!(confirmed.is_subset(&stored), "{} of {}", stored.len(), confirmed.len());
}

/// Creates tuples until the server is gone; gives those that it confirmed.
async fn write(keto: KetoClient, round: u64, killed: Arc<AtomicBool>) -> Vec<RelationTuple> {
    let mut confirmed = Vec::new();
    for number in 0.. {
        let tuple: RelationTuple = format!("app:{round}-{number}#read@User:ann").parse().unwrap();
        match keto.create_relationship(&tuple).await {
            Ok(()) => confirmed.push(tuple),
            Err(_) => break,
        }
        if killed.load(Ordering::SeqCst) {
            break;
        }
    }
    confirmed
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back() {
    let file = DataFile::new();
    let demo = file.start();
    let keto_client = keto(&demo);
    for tuple in tuples(&keto_client).await {
        keto_client.delete_relationship(&tuple).await.unwrap();
    }
    drop(demo);
    let demo = file.start();
    assert!(tuples(&keto(&demo)).await.is_empty(), "the permissions of the seed users are back");
}

#[tokio::test]
async fn people_are_kept() {
    let file = DataFile::new();
    let kratos = |demo: &Running| {
        let (public, admin) = (demo.last_word("Kratos"), demo.last_word("Kratos admin"));
        KratosClient::builder().public_url(public).admin_url(admin).build().unwrap()
    };
    let demo = file.start();
    let eve = NewIdentity::new("default", json!({"email": "eve@example.test"})).unwrap();
    let eve = kratos(&demo).create_identity(&eve).await.unwrap();
    drop(demo);
    let demo = file.start();
    let page = kratos(&demo).list_identities_page(&ListIdentities::new()).await.unwrap();
    assert_eq!(page.items.len(), 5, "the seed users once, and Eve");
    assert!(page.items.iter().any(|identity| identity.id == eve.id));
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let file = DataFile::new();
    let _demo = file.start();
    let mode = std::fs::metadata(&file.0).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_file_in_use_is_refused_by_name() {
    let file = DataFile::new();
    let _demo = file.start();
    let settings = [("LISTEN_ADDR", "127.0.0.1:0"), ("DATA_FILE", file.0.to_str().unwrap())];
    let (code, said) = run(&[], &settings);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("DATA_FILE"), "{said}");
}
