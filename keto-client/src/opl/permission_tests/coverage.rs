//! Coverage: which rules of a model the checks of a test exercised.

use crate::opl::evaluator::{engine::RuleCount, program::Rule};

/// How often the rules of a model were evaluated.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub(super) rules: Vec<RuleCoverage>,
}

/// How often a rule was evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleCoverage {
    /// The rule.
    pub rule: Rule,
    /// The number of evaluations.
    pub evaluated: u64,
    /// The number of evaluations in which the subject was a member.
    pub members: u64,
}

impl Coverage {
    pub(super) fn new(rules: &[Rule], counts: &[RuleCount]) -> Self {
        let rules = rules.iter().zip(counts).map(|(rule, count)| RuleCoverage {
            rule: rule.clone(),
            evaluated: count.evaluated,
            members: count.members,
        });
        Self { rules: rules.collect() }
    }

    /// All rules, in the order of the model.
    pub fn rules(&self) -> &[RuleCoverage] {
        &self.rules
    }

    /// The rules that never found a member. Without them, all checks would have the same answers.
    pub fn uncovered(&self) -> Vec<&RuleCoverage> {
        self.rules.iter().filter(|rule| rule.members == 0).collect()
    }
}
