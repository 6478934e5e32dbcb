//! Runs permission tests, on the evaluator or on a server.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::{Check, Decision},
    },
    model::{subject::Subject, tuple::RelationTuple},
    opl::{
        evaluator::{Evaluator, engine::RuleCount},
        permission_tests::{
            coverage::Coverage,
            file::{PermissionTest, PermissionTests},
            report::{TestReport, TestResult, WrongAnswer},
        },
    },
};
use ory_http::Error;
use std::path::Path;

/// Runs the permission tests in a file, for a test of an application.
///
/// ```no_run
/// #[test]
/// fn permissions() {
///     keto_client::opl::assert_permissions("permissions/documents.test.yml");
/// }
/// ```
///
/// # Panics
/// If the file can't be read or a test fails, with the report.
#[track_caller]
pub fn assert_permissions(path: impl AsRef<Path>) {
    let path = path.as_ref();
    let tests = PermissionTests::from_file(path);
    let report = tests.map(|tests| tests.run());
    match report {
        Ok(report) => assert!(report.passed(), "{}:\n{report}", path.display()),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

impl PermissionTests {
    /// Runs the tests on the evaluator of this crate.
    pub fn run(&self) -> TestReport {
        let evaluator = self.evaluator();
        let plan = self.plan(&evaluator);
        let (results, coverage) = evaluate(&evaluator, &plan);
        self.report(&evaluator, plan, results, coverage)
    }

    /// Runs the tests on a server, such as [`KetoClient`](crate::KetoClient). It must have the model,
    /// and exactly the tuples of the tests in its namespaces.
    ///
    /// # Errors
    /// A request that fails.
    pub async fn run_on(&self, server: &impl BatchPermissions) -> Result<TestReport, Error> {
        let evaluator = self.evaluator();
        let plan = self.plan(&evaluator);
        let checks: Vec<_> = plan.iter().map(|planned| planned.check.clone()).collect();
        let results = server.batch_check(&checks).await?;
        let (_, coverage) = evaluate(&evaluator, &plan);
        Ok(self.report(&evaluator, plan, results, coverage))
    }

    /// The evaluator of the model with the tuples.
    pub fn evaluator(&self) -> Evaluator {
        Evaluator::new(&self.model).with_tuples(&self.tuples)
    }

    fn plan(&self, evaluator: &Evaluator) -> Vec<PlannedCheck> {
        let mut plan = Vec::new();
        for (test, assertions) in self.tests.iter().enumerate() {
            let mut add = |tuple, expected| {
                plan.push(PlannedCheck { test, check: self.check(tuple), expected });
            };
            for (tuple, expected) in expectations(assertions, evaluator) {
                add(tuple, expected);
            }
        }
        plan
    }

    fn report(
        &self,
        evaluator: &Evaluator,
        plan: Vec<PlannedCheck>,
        answers: Vec<CheckResult>,
        coverage: Coverage,
    ) -> TestReport {
        let result = |test: &PermissionTest| TestResult { name: test.name.clone(), wrong: vec![] };
        let mut results: Vec<_> = self.tests.iter().map(result).collect();
        for (PlannedCheck { test, check, expected }, actual) in plan.into_iter().zip(answers) {
            if actual != Ok(expected) {
                let explanation = evaluator.explain(&check);
                results[test].wrong.push(WrongAnswer { expected, actual, explanation });
            }
        }
        TestReport { results, coverage }
    }
}

/// A check of a test.
struct PlannedCheck {
    /// The index of the test.
    test: usize,
    check: Check,
    expected: Decision,
}

fn evaluate(evaluator: &Evaluator, plan: &[PlannedCheck]) -> (Vec<CheckResult>, Coverage) {
    let mut counts = vec![RuleCount::default(); evaluator.rules().len()];
    let answer =
        |planned: &PlannedCheck| Ok(evaluator.check_with_coverage(&planned.check, &mut counts)?);
    let answers = plan.iter().map(answer).collect();
    (answers, Coverage::new(evaluator.rules(), &counts))
}

/// The tuples that a test checks, each with the expected decision. A list checks each candidate.
fn expectations(test: &PermissionTest, evaluator: &Evaluator) -> Vec<(RelationTuple, Decision)> {
    let mut expected = Vec::new();
    let all = |tuples: &[RelationTuple], decision| {
        tuples.iter().map(move |tuple| (tuple.clone(), decision)).collect::<Vec<_>>()
    };
    expected.extend(all(&test.allowed, Decision::Allowed));
    expected.extend(all(&test.denied, Decision::Denied));
    for list in &test.objects {
        let mut objects = evaluator.objects(&list.namespace);
        objects.extend(list.are.iter().cloned());
        expected.extend(objects.into_iter().map(|object| {
            let listed = decision(list.are.contains(&object));
            let (namespace, permission) = (list.namespace.clone(), list.permission.clone());
            (RelationTuple::new(namespace, object, permission, list.subject.clone()), listed)
        }));
    }
    for list in &test.subjects {
        let mut subjects = evaluator.subjects();
        subjects.retain(|subject| match subject {
            Subject::Id(_) => true,
            Subject::Set(set) => set.relation.as_str().is_empty(),
        });
        let missing = list.are.iter().filter(|subject| !subjects.contains(subject));
        let missing: Vec<_> = missing.cloned().collect();
        subjects.extend(missing);
        expected.extend(subjects.into_iter().map(|subject| {
            let listed = decision(list.are.contains(&subject));
            let (namespace, object) = (list.object.namespace.clone(), list.object.object.clone());
            (RelationTuple::new(namespace, object, list.permission.clone(), subject), listed)
        }));
    }
    expected
}

fn decision(allowed: bool) -> Decision {
    if allowed { Decision::Allowed } else { Decision::Denied }
}
