//! What holds of every model, without a server to compare with.

use crate::{
    random_model::random_model,
    random_tuples::{random_checks, random_tuples},
    rng,
};
use keto_client::{
    Check, Decision, RelationQuery, RelationTuple,
    opl::{EvaluationError, Evaluator, KetoBugs, Limits},
};

const BUGS: [KetoBugs; 2] = [KetoBugs::V26_2_0, KetoBugs::NONE];

/// An explanation visits every relation again, where a check without bugs remembers its result.
#[test]
fn an_explanation_and_a_batch_have_the_result_of_the_check() {
    let mut rng = rng();
    for _ in 0..200 {
        let model = random_model(&mut rng);
        let tuples = random_tuples(&mut rng, &model);
        let limits = Limits::default().max_steps(5_000);
        let evaluator = Evaluator::new(&model).with_tuples(&tuples).with_limits(limits);
        let checks = random_checks(&mut rng, &model, 20);
        for bugs in BUGS {
            let evaluator = evaluator.clone().with_keto_bugs(bugs);
            for (check, result) in checks.iter().zip(evaluator.batch_check(&checks)) {
                assert_eq!(evaluator.check(check), result);
                let explained = evaluator.explain(check).result;
                if !matches!(explained, Err(EvaluationError::TooManySteps { .. })) {
                    assert_eq!(explained, result, "{model}\n{tuples:#?}\n{check:?}");
                }
            }
        }
    }
}

#[test]
fn a_tuple_that_is_removed_was_never_there() {
    let mut rng = rng();
    for _ in 0..200 {
        let model = random_model(&mut rng);
        let tuples = random_tuples(&mut rng, &model);
        let Some(removed) = rng.choice(&tuples).cloned() else { continue };
        let mut evaluator = Evaluator::new(&model).with_tuples(&tuples);
        evaluator.remove(&removed);
        let left: Vec<&RelationTuple> = tuples.iter().filter(|tuple| **tuple != removed).collect();
        let without = Evaluator::new(&model).with_tuples(left);
        let all = RelationQuery::new();
        let sorted = |evaluator: &Evaluator| {
            let mut tuples = evaluator.tuples(&all);
            tuples.sort_by_key(|tuple| format!("{tuple:?}"));
            tuples
        };
        assert_eq!(sorted(&evaluator), sorted(&without));
        for check in random_checks(&mut rng, &model, 10) {
            assert_eq!(evaluator.check(&check), without.check(&check));
        }
    }
}

/// A smaller depth can only take a permission away where nothing is negated.
#[test]
fn without_negation_depth_and_correctness_only_allow_more() {
    let mut rng = rng();
    for _ in 0..200 {
        let model = random_model(&mut rng);
        if model.to_string().contains('!') {
            continue;
        }
        let tuples = random_tuples(&mut rng, &model);
        let keto = Evaluator::new(&model).with_tuples(&tuples);
        let correct = keto.clone().with_keto_bugs(KetoBugs::NONE);
        for check in random_checks(&mut rng, &model, 10) {
            let allowed = |evaluator: &Evaluator, depth| {
                let result = evaluator.check(&Check::new(check.tuple.clone()).max_depth(depth));
                result.map(Decision::is_allowed)
            };
            if let (Ok(by_keto), Ok(by_correct)) = (allowed(&keto, 4), allowed(&correct, 4)) {
                assert!(!by_keto || by_correct, "{model}\n{tuples:#?}\n{check:?}");
            }
            if let (Ok(at_3), Ok(at_5)) = (allowed(&correct, 3), allowed(&correct, 5)) {
                assert!(!at_3 || at_5, "{model}\n{tuples:#?}\n{check:?}");
            }
        }
    }
}
