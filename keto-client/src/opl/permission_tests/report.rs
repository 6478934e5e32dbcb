//! The results of permission tests.

use crate::{
    api::batch::CheckResult,
    api::permissions::Decision,
    opl::{
        evaluator::explain::{Explanation, tuple_text},
        permission_tests::coverage::Coverage,
    },
};
use std::fmt;

/// The results of permission tests.
///
/// [`Display`](fmt::Display) lists the tests with the path of each wrong answer, and the rules that
/// no test covers.
#[derive(Clone, Debug)]
pub struct TestReport {
    pub(super) results: Vec<TestResult>,
    pub(super) coverage: Coverage,
}

/// The result of a permission test.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestResult {
    /// The name of the test.
    pub name: String,
    /// The wrong answers; the test passed if there are none.
    pub wrong: Vec<WrongAnswer>,
}

/// An answer that is not the expected one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WrongAnswer {
    /// The expected decision.
    pub expected: Decision,
    /// The result of the check.
    pub actual: CheckResult,
    /// The check as the evaluator of this crate explains it, also if another server was asked.
    pub explanation: Explanation,
}

impl TestReport {
    /// Whether all tests passed.
    pub fn passed(&self) -> bool {
        self.results.iter().all(|result| result.wrong.is_empty())
    }

    /// The result of each test.
    pub fn results(&self) -> &[TestResult] {
        &self.results
    }

    /// The coverage of the rules, by the evaluator of this crate.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Denied => "denied",
    }
}

impl fmt::Display for WrongAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tuple = tuple_text(&self.explanation.tuple);
        let expected = word(self.expected);
        match &self.actual {
            Ok(decision) => {
                write!(f, "{tuple} is {}, expected {expected}", word(*decision))?;
            }
            Err(error) => write!(f, "{tuple} has no decision, expected {expected}: {error}")?,
        }
        write!(f, "\n{}", self.explanation)
    }
}

impl fmt::Display for TestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for TestResult { name, wrong } in &self.results {
            writeln!(f, "{} {name}", if wrong.is_empty() { "ok    " } else { "FAILED" })?;
            for wrong in wrong {
                for line in wrong.to_string().lines() {
                    writeln!(f, "       {line}")?;
                }
            }
        }
        let failed = self.results.iter().filter(|result| !result.wrong.is_empty()).count();
        let (rules, uncovered) = (self.coverage.rules().len(), self.coverage.uncovered());
        writeln!(
            f,
            "{} passed, {failed} failed; {} of {rules} rules covered",
            self.results.len() - failed,
            rules - uncovered.len(),
        )?;
        for uncovered in uncovered {
            let rule = &uncovered.rule;
            writeln!(f, "not covered: {} {}: {}", rule.namespace, rule.permission, rule.term)?;
        }
        Ok(())
    }
}
