//! The evaluator answers as Keto does: random models, tuples, checks and expansions.

use crate::{
    cases,
    live::Keto,
    random_model::random_model,
    random_tuples::{random_checks, random_tuples},
    rng,
};
use fastrand::Rng;
use keto_client::{
    BatchPermissions, Check, Decision, Expand, ExpandRequest, RelationTuple, Subject, SubjectSet,
    opl::{EvaluationError, Evaluator, KetoBugs, Limits, Model},
};

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

/// Whether Keto also gives our answer, if it is asked again: concurrent visits race.
async fn is_racing(keto: &Keto, check: &Check, ours: Option<bool>) -> bool {
    for _ in 0..200 {
        let theirs = keto.client.batch_check(std::slice::from_ref(check)).await;
        if theirs.is_ok_and(|theirs| answer(&theirs[0]) == ours) {
            return true;
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
const MAX_STEPS: usize = 150;

#[tokio::test(flavor = "multi_thread")]
async fn keto_gives_the_same_answers() {
    let Some(keto) = Keto::from_env().await else { return };
    let mut rng = rng();
    let (mut compared, mut allowed, mut errors, mut by_order) = (0, 0, 0, 0);
    let (mut endless, mut slow, mut unexplained) = (0, 0, 0);
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
        // Keto cuts a response off that takes it longer than 10 seconds.
        let Ok(theirs) = keto.client.batch_check(&checks).await else {
            slow += checks.len();
            continue;
        };
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
            if possible(&mut rng, &world, check, answer(&theirs))
                || is_racing(&keto, check, answer(&ours)).await
            {
                by_order += 1;
                continue;
            }
            unexplained += 1;
            eprintln!(
                "{}\n{:#?}\n{explanation}\nKeto: {theirs:?}, depth {depth}",
                world.model,
                world.tuples.iter().map(RelationTuple::try_to_string).collect::<Vec<_>>(),
            );
        }
        if compared % 10_000 < CHECKS_PER_WORLD {
            eprintln!(
                "compared {compared} checks, {by_order} by order, {unexplained} unexplained, {slow} slow"
            );
        }
        compare_expansions(&mut rng, &keto, &evaluator, &world).await;
    }
    eprintln!(
        "compared {compared} checks: {allowed} allowed, {errors} errors, {by_order} differ by the \
         order of visits; {endless} models were left out because Keto does not end, \
         {slow} checks because it needs more than {MAX_STEPS} steps or 10 seconds"
    );
    assert_eq!(unexplained, 0);
    assert!(slow < compared);
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
