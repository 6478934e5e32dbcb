//! A real Keto whose model the tests replace.
//!
//! The Keto at `TEST_KETO_MODEL_READ_URL` and `TEST_KETO_MODEL_WRITE_URL` watches the file
//! `TEST_KETO_MODEL_FILE` (`namespaces.location: file://…`). It has no other users.

use futures_util::TryStreamExt;
use keto_client::{
    HttpConfig, KetoClient, Namespaces, RelationQuery, RelationTuple, RelationshipPatch,
    Relationships, RelationshipsExt,
    opl::{Class, Model},
};
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};

static TURN: Mutex<()> = Mutex::const_new(());

pub struct Keto {
    pub client: KetoClient,
    model_file: String,
    /// The tests that use the server wait for each other.
    _turn: MutexGuard<'static, ()>,
}

impl Keto {
    pub async fn from_env() -> Option<Self> {
        let variable = |name: &str| {
            let value = keto_client::env_vars(name);
            if value.is_none() {
                eprintln!("skipped: {name} is not set");
            }
            value
        };
        let client = KetoClient::builder()
            .http(HttpConfig::default().timeout(Duration::from_mins(1)))
            .read_url(variable("TEST_KETO_MODEL_READ_URL")?)
            .write_url(variable("TEST_KETO_MODEL_WRITE_URL")?);
        let model_file = variable("TEST_KETO_MODEL_FILE")?;
        let client = client.build().unwrap();
        Some(Self { client, model_file, _turn: TURN.lock().await })
    }

    /// Replaces the model, and waits until the server has read it: until it has a namespace that only
    /// this model has.
    pub async fn replace_model(&self, model: &Model) {
        let name = format!("Model{}", fastrand::u64(..));
        let mut model = model.clone();
        model.classes.push(Class {
            comments: Vec::new(),
            name: name.clone(),
            members: Vec::new(),
            comments_at_end: Vec::new(),
        });
        std::fs::write(&self.model_file, model.to_string()).unwrap();
        for _ in 0..500 {
            let namespaces = self.client.list_namespaces().await.unwrap();
            if namespaces.iter().any(|namespace| namespace.as_str() == name) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("the server did not read the model");
    }

    /// Stores the tuples, and returns them in the order in which the server visits them.
    pub async fn replace_tuples(
        &self,
        model: &Model,
        tuples: &[RelationTuple],
    ) -> Vec<RelationTuple> {
        for class in &model.classes {
            let all = RelationQuery::new().namespace(&class.name);
            self.client.delete_all_relationships_matching(&all).await.unwrap();
        }
        let patches: Vec<_> = tuples.iter().cloned().map(RelationshipPatch::Insert).collect();
        self.client.patch_relationships(&patches).await.unwrap();
        let mut stored = Vec::new();
        for class in &model.classes {
            let query = RelationQuery::new().namespace(&class.name);
            let list = self.client.list_relationships(query);
            stored.extend(list.try_collect::<Vec<_>>().await.unwrap());
        }
        stored
    }
}
