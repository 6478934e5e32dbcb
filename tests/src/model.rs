//! Random sequences of grants, revocations, checks and lists, held against a model that is simple
//! enough to be believed.

use crate::keto::Keto;
use futures_util::TryStreamExt;
use keto_client::{
    Check, Decision, RelationQuery, RelationTuple, RelationshipPatch, Relationships,
    RelationshipsExt, Subject,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the server should know: each tuple as often as it was granted.
#[derive(Default)]
struct Model {
    /// v0.7 takes the empty relation of a subject set for any relation.
    v0_7: bool,
    tuples: BTreeMap<String, (RelationTuple, usize)>,
}

impl Model {
    fn key(tuple: &RelationTuple) -> String {
        format!("{tuple:?}")
    }

    fn insert(&mut self, tuple: &RelationTuple) {
        self.tuples.entry(Self::key(tuple)).or_insert_with(|| (tuple.clone(), 0)).1 += 1;
    }

    fn delete(&mut self, query: &RelationQuery) {
        self.tuples.retain(|_, (tuple, _)| !query.matches(tuple));
    }

    fn list(&self, query: &RelationQuery) -> Vec<String> {
        let matching = self.tuples.iter().filter(|(_, (tuple, _))| query.matches(tuple));
        matching.flat_map(|(key, (_, times))| vec![key.clone(); *times]).collect()
    }

    fn covers(&self, asked: &RelationTuple, kept: &RelationTuple) -> bool {
        kept.relation == asked.relation || self.v0_7 && asked.relation.as_str().is_empty()
    }

    /// A tuple holds if it was granted, or if a set was granted it whose own relation holds, down
    /// to a depth. Without any memory of where it has been: it is slow, and plainly right.
    fn holds(&self, tuple: &RelationTuple, depth: u32) -> bool {
        if depth == 0 {
            return false;
        }
        let here = self
            .tuples
            .values()
            .map(|(kept, _)| kept)
            .filter(|kept| kept.object == tuple.object && self.covers(tuple, kept));
        here.into_iter().any(|kept| {
            kept.subject == tuple.subject
                || match &kept.subject {
                    Subject::Id(_) => false,
                    Subject::Set(set) => {
                        let through = RelationTuple::new(
                            set.namespace.clone(),
                            set.object.clone(),
                            set.relation.clone(),
                            tuple.subject.clone(),
                        );
                        self.holds(&through, depth - 1)
                    }
                }
        })
    }
}

/// A small world, so that things meet.
struct World {
    keto: Keto,
    random: fastrand::Rng,
    objects: Vec<String>,
}

impl World {
    fn object(&mut self) -> String {
        let at = self.random.usize(..self.objects.len());
        self.objects[at].clone()
    }

    fn relation(&mut self) -> &'static str {
        ["read", "owner"][self.random.usize(..2)]
    }

    fn subject(&mut self) -> Subject {
        match self.random.usize(..5) {
            0..3 => self.keto.subject(["ann", "bob", "c:l e&o"][self.random.usize(..3)]),
            3 => {
                let object = self.object();
                Subject::set("app", object, self.relation())
            }
            _ => Subject::set("app", self.object(), ""),
        }
    }

    fn tuple(&mut self) -> RelationTuple {
        let (object, relation) = (self.object(), self.relation());
        RelationTuple::new("app", object, relation, self.subject())
    }
}

/// How deep a server follows subject sets: today's by its default limit, v0.7 without one, which
/// in a world of nine sets is nine.
fn max_depth(v0_7: bool) -> u32 {
    if v0_7 { 9 } else { 5 }
}

/// One random sequence of so many steps. The seed is in every failure.
pub async fn walk(keto: &Keto, seed: u64, steps: usize) {
    let run = Uuid::new_v4();
    let objects = (0..3).map(|n| format!("model-{run}-{n}")).collect();
    let mut world = World { keto: keto.clone(), random: fastrand::Rng::with_seed(seed), objects };
    let mut model = Model { v0_7: keto.v0_7, ..Model::default() };
    let depth = max_depth(keto.v0_7);
    let relationships: &dyn Relationships = &*keto.relationships;
    for step in 0..steps {
        let at = format!("seed {seed}, step {step}");
        match world.random.usize(..10) {
            0..3 => {
                let tuple = world.tuple();
                relationships.create_relationship(&tuple).await.expect(&at);
                model.insert(&tuple);
            }
            3 => {
                let tuple = world.tuple();
                relationships.delete_relationship(&tuple).await.expect(&at);
                model.delete(&tuple.clone().into());
                // A revocation that has returned denies, unless there is another way in.
                let decision = keto.permissions.check(&Check::new(tuple.clone())).await.expect(&at);
                let allowed = model.holds(&tuple, depth);
                assert_eq!(decision.is_allowed(), allowed, "{at}: {tuple:?}");
            }
            4 => {
                let (new, old) = (world.tuple(), world.tuple());
                let swap = [
                    RelationshipPatch::Insert(new.clone()),
                    RelationshipPatch::Delete(old.clone()),
                ];
                relationships.patch_relationships(&swap).await.expect(&at);
                model.insert(&new);
                model.delete(&old.into());
            }
            5 if !keto.v0_7 && world.random.usize(..4) == 0 => {
                let query = RelationQuery::new().namespace("app").object(world.object());
                relationships.delete_all_relationships_matching(&query).await.expect(&at);
                model.delete(&query);
            }
            5 | 6 => {
                let query = RelationQuery::new().namespace("app").object(world.object());
                let listed: Vec<RelationTuple> =
                    relationships.list_relationships(query.clone()).try_collect().await.expect(&at);
                let mut listed: Vec<_> = listed.iter().map(Model::key).collect();
                listed.sort();
                assert_eq!(listed, model.list(&query), "{at}");
            }
            _ => {
                let tuple = world.tuple();
                let decision = keto.permissions.check(&Check::new(tuple.clone())).await.expect(&at);
                let expected = match model.holds(&tuple, depth) {
                    true => Decision::Allowed,
                    false => Decision::Denied,
                };
                assert_eq!(decision, expected, "{at}: {tuple:?}");
            }
        }
    }
}

/// Several sequences, from seeds of the day and two that stay.
pub async fn walks(keto: Keto) {
    let random = fastrand::u64(..);
    for seed in [1, 2, random, random.wrapping_add(1)] {
        walk(&keto, seed, 60).await;
    }
}
