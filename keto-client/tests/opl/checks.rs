//! The evaluator answers as Keto does: random models, tuples, checks and expansions.
//!
//! The Keto at `TEST_KETO_MODEL_READ_URL` and `TEST_KETO_MODEL_WRITE_URL` watches the file
//! `TEST_KETO_MODEL_FILE` (`namespaces.location: file://…`), which the test replaces. It has no other
//! users.

use crate::{
    cases,
    random_model::random_model,
    random_tuples::{random_checks, random_tuples},
    rng,
};
use fastrand::Rng;
use futures_util::TryStreamExt;
use keto_client::{
    BatchPermissions, Check, Decision, Expand, ExpandRequest, HttpConfig, KetoClient, Namespaces,
    RelationQuery, RelationTuple, RelationshipPatch, Relationships, RelationshipsExt, Subject,
    SubjectSet,
    opl::{Class, EvaluationError, Evaluator, KetoBugs, Limits, Model},
};
use std::time::Duration;

struct Keto {
    client: KetoClient,
    model_file: String,
}

impl Keto {
    fn from_env() -> Option<Self> {
        let variable = |name: &str| {
            let value = keto_client::env_vars(name);
            if value.is_none() {
                eprintln!("skipped: {name} is not set");
            }
            value
        };
        let client = KetoClient::builder()
            .http(HttpConfig::default().timeout(Duration::from_secs(60)))
            .read_url(variable("TEST_KETO_MODEL_READ_URL")?)
            .write_url(variable("TEST_KETO_MODEL_WRITE_URL")?);
        let model_file = variable("TEST_KETO_MODEL_FILE")?;
        Some(Self { client: client.build().unwrap(), model_file })
    }

    /// Replaces the model, and waits until the server has read it: until it has a namespace that only
    /// this model has.
    async fn replace_model(&self, model: &Model) {
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
    async fn replace_tuples(&self, model: &Model, tuples: &[RelationTuple]) -> Vec<RelationTuple> {
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

/// An answer without the text of its error.
fn answer<E>(result: &Result<Decision, E>) -> Option<bool> {
    result.as_ref().ok().map(|decision| decision.is_allowed())
}

/// Whether an evaluator gives this answer in another order of tuples, or without visited sets.
fn possible(rng: &mut Rng, world: &World, check: &Check, theirs: Option<bool>) -> bool {
    let mut tuples = world.tuples.clone();
    for bugs in [KetoBugs::V26_2_0, KetoBugs::V26_2_0.shared_visited_sets(false)] {
        for _ in 0..100 {
            rng.shuffle(&mut tuples);
            let evaluator = world.evaluator(&tuples).with_keto_bugs(bugs);
            if answer(&evaluator.check(check)) == theirs {
                return true;
            }
        }
    }
    false
}

struct World {
    model: Model,
    tuples: Vec<RelationTuple>,
}

impl World {
    fn evaluator(&self, tuples: &[RelationTuple]) -> Evaluator {
        let limits = Limits::default();
        Evaluator::new(&self.model).with_tuples(tuples).with_limits(limits)
    }
}

/// Whether a permission is defined by itself. A check of one would use up the memory of the server.
fn is_endless(model: &Model) -> bool {
    let evaluator = Evaluator::new(model);
    model.classes.iter().any(|class| {
        class.members.iter().any(|member| {
            let subject = Subject::id("anybody");
            let tuple = RelationTuple::new(&class.name, "any", member.name(), subject);
            let result = evaluator.check(&Check::new(tuple));
            matches!(result, Err(EvaluationError::EndlessRecursion { .. }))
        })
    })
}

const CHECKS_PER_WORLD: usize = 250;

/// The maximum number of steps of a check: Keto has no limit, and needs database queries for each.
const MAX_STEPS: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn keto_gives_the_same_answers() {
    let Some(keto) = Keto::from_env() else { return };
    let mut rng = rng();
    let (mut compared, mut allowed, mut errors, mut by_order) = (0, 0, 0, 0);
    let (mut endless, mut slow) = (0, 0);
    while compared < cases(2000) {
        let mut world = World { model: random_model(&mut rng), tuples: Vec::new() };
        if is_endless(&world.model) {
            endless += 1;
            continue;
        }
        keto.replace_model(&world.model).await;
        let tuples = random_tuples(&mut rng, &world.model);
        if tuples.is_empty() {
            continue;
        }
        world.tuples = keto.replace_tuples(&world.model, &tuples).await;
        let evaluator = world.evaluator(&world.tuples);
        let mut checks = random_checks(&mut rng, &world.model, CHECKS_PER_WORLD);
        let quick = evaluator.clone().with_limits(Limits::default().max_steps(MAX_STEPS));
        checks.retain(|check| {
            !matches!(quick.check(check), Err(EvaluationError::TooManySteps { .. }))
        });
        slow += CHECKS_PER_WORLD - checks.len();
        // One depth for each batch.
        let depth = rng.u32(..8);
        let checks: Vec<_> = checks.into_iter().map(|check| check.max_depth(depth)).collect();
        let theirs = keto.client.batch_check(&checks).await.unwrap_or_else(|error| {
            panic!("{error}\n{}\n{:#?}\n{checks:#?}", world.model, world.tuples)
        });
        for (check, theirs) in checks.iter().zip(theirs) {
            compared += 1;
            allowed += usize::from(theirs == Ok(Decision::Allowed));
            errors += usize::from(theirs.is_err());
            let explanation = evaluator.explain(check);
            let ours = evaluator.check(check);
            assert_eq!(ours, explanation.result);
            if answer(&ours) == answer(&theirs) {
                continue;
            }
            by_order += 1;
            assert!(
                possible(&mut rng, &world, check, answer(&theirs)),
                "{}\n{:#?}\n{explanation}\nKeto: {theirs:?}, depth {depth}",
                world.model,
                world.tuples.iter().map(RelationTuple::try_to_string).collect::<Vec<_>>(),
            );
        }
        compare_expansions(&mut rng, &keto, &evaluator, &world).await;
    }
    eprintln!(
        "compared {compared} checks: {allowed} allowed, {errors} errors, {by_order} differ by the \
         order of visits; {endless} models were left out because Keto does not end, \
         {slow} checks because it needs more than {MAX_STEPS} steps"
    );
}

async fn compare_expansions(rng: &mut Rng, keto: &Keto, evaluator: &Evaluator, world: &World) {
    for _ in 0..5 {
        let tuple = rng.choice(&world.tuples).unwrap();
        let RelationTuple { namespace, object, relation, .. } = tuple.clone();
        let set = SubjectSet::new(namespace, object, relation);
        let request = ExpandRequest::new(set).max_depth(rng.u32(..7));
        let theirs = keto.client.expand(&request).await.unwrap();
        let ours = evaluator.expand(&request).unwrap();
        assert_eq!(ours, theirs, "{request:?}\n{:#?}", world.tuples);
    }
}
