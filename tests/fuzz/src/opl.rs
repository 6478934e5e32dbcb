//! Permission models, and checks over them.

use keto_client::{
    Check, RelationTuple,
    opl::{EvaluationError, Evaluator, KetoBugs, Limits, Model, PermissionTests},
};

/// A model that is parsed is printed and parsed again as the same, also as JSON, and analyzed. Errors
/// of one that is not have places in it, and are rendered.
pub fn opl_model(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    match Model::parse(&source) {
        Ok(model) => {
            let printed = model.to_string();
            assert_eq!(Model::parse(&printed).as_ref(), Ok(&model));
            let json = serde_json::to_string(&model).expect("a model is JSON");
            assert_eq!(serde_json::from_str::<Model>(&json).ok().as_ref(), Some(&model));
            for finding in model.analyze() {
                assert!(!finding.to_string().is_empty());
            }
        }
        Err(errors) => {
            assert!(!errors.errors().is_empty());
            assert_eq!(errors.to_opl_errors().len(), errors.errors().len());
            for error in errors.errors() {
                assert!(source.get(error.span()).is_some(), "{errors:?}");
                let (line, column) = errors.line_and_column(error);
                assert!(line >= 1 && column >= 1);
            }
            assert!(!errors.to_string().is_empty());
        }
    }
}

/// Checks over a model and tuples: an explanation has the result of the check, also in a batch. Without
/// negation, a tuple more never takes a permission away, and neither does a bug of Keto less.
///
/// The input is a model, tuples and checks, each separated by a line with `---`; or a test file.
pub fn opl_check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(tests) = PermissionTests::parse(&text) {
        let report = tests.run();
        assert_eq!(report.results().len(), tests.tests.len());
        assert!(report.to_string().contains("rules covered"));
    }
    let mut parts = text.split("\n---\n");
    let (Some(model), Some(tuples), Some(checks)) = (parts.next(), parts.next(), parts.next())
    else {
        return;
    };
    let Ok(model) = Model::parse(model) else { return };
    let read = |text: &str| -> Vec<RelationTuple> {
        text.lines().take(50).filter_map(|line| line.parse().ok()).collect()
    };
    let (tuples, checks) = (read(tuples), read(checks));
    let limits = Limits::default().max_steps(10_000);
    let evaluator = Evaluator::new(&model).with_tuples(&tuples).with_limits(limits);
    let correct = evaluator.clone().with_keto_bugs(KetoBugs::NONE);
    let mut fewer = correct.clone();
    tuples.first().iter().for_each(|tuple| fewer.remove(tuple));
    let monotone = !model.to_string().contains('!');
    let checks: Vec<_> = checks.into_iter().take(20).map(Check::new).collect();
    for (check, result) in checks.iter().zip(evaluator.batch_check(&checks)) {
        let explanation = evaluator.explain(check);
        assert_eq!(explanation.result, result);
        assert!(!explanation.to_string().is_empty());
        let without_bugs = correct.check(check);
        let (Ok(with_bugs), Ok(without_bugs), Ok(with_fewer)) =
            (result, without_bugs, fewer.check(check))
        else {
            continue;
        };
        if monotone {
            assert!(!with_bugs.is_allowed() || without_bugs.is_allowed(), "{explanation}");
            assert!(!with_fewer.is_allowed() || without_bugs.is_allowed(), "{explanation}");
        }
        let tuple = check.tuple.clone();
        let objects =
            correct.list_objects(tuple.namespace, tuple.relation.clone(), tuple.subject.clone());
        match objects {
            Ok(objects) if objects.contains(&tuple.object) => assert!(without_bugs.is_allowed()),
            Ok(_) | Err(EvaluationError::TooManySteps { .. }) => {}
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    model.analyze_tuples(&tuples).iter().for_each(|finding| drop(finding.to_string()));
}
