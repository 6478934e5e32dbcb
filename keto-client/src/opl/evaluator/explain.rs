//! Explanations of checks.

use crate::{
    api::permissions::Decision,
    model::{subject::Subject, subject::SubjectSet, tuple::RelationTuple},
    opl::evaluator::{
        engine::{Membership, Outcome},
        error::EvaluationError,
    },
};
use serde::Serialize;
use std::fmt;
use termtree::Tree;

/// The result of a check with the path that led to it, or the reasons that none did.
///
/// [`Display`](fmt::Display) formats it as a tree.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The tuple that was checked.
    pub tuple: RelationTuple,
    /// The decision, or the reason that there is none.
    pub result: Result<Decision, EvaluationError>,
    /// The steps of the check. Of an allowed check, only those that led to it.
    pub steps: Vec<Step>,
    /// Whether Keto may answer otherwise, depending on the order of tuples. See
    /// [`KetoBugs::shared_visited_sets`](crate::opl::KetoBugs::shared_visited_sets).
    pub depends_on_order: bool,
}

/// A step of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// What was looked at.
    pub kind: StepKind,
    /// Whether it leads to the subject.
    pub result: StepResult,
    /// The steps that this one consists of. At most 50 are kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// What a step of a check looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepKind {
    /// All ways to have a relation or permission.
    Relation(SubjectSet),
    /// The tuple itself.
    Tuple(RelationTuple),
    /// The subject set of a tuple that exists.
    Follow(RelationTuple),
    /// A term of a condition, in the Ory Permission Language.
    Term(String),
    /// Operands of `||`.
    AnyOf,
    /// Operands of `&&`.
    AllOf,
    /// A negation.
    Not,
    /// A subject set that was visited before, which counts as "not a member".
    AlreadyVisited(SubjectSet),
    /// The maximum depth is reached.
    DepthLimit,
    /// The relation has more subject sets than the maximum width.
    WidthLimit {
        /// The number of subject sets that are followed.
        followed: usize,
        /// The number of subject sets that are not.
        skipped: usize,
    },
    /// Steps that were left out.
    Omitted(usize),
}

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// The subject is a member.
    Member,
    /// The subject is not a member.
    NotMember,
    /// A limit was reached.
    Unknown,
    /// The step failed.
    Error,
}

impl StepResult {
    pub(super) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Ok(Membership::Member) => Self::Member,
            Ok(Membership::NotMember) => Self::NotMember,
            Ok(Membership::Unknown) => Self::Unknown,
            Err(_) => Self::Error,
        }
    }
}

const MAX_STEPS: usize = 50;

impl Step {
    /// Creates a step, and keeps only the operand that decided it, if one did.
    pub(super) fn new(kind: StepKind, result: StepResult, mut steps: Vec<Self>) -> Self {
        steps.retain(|step| !step.is_empty());
        let decided = match (&kind, result) {
            (StepKind::AllOf, StepResult::Member) | (StepKind::Not, _) => false,
            (StepKind::AllOf, StepResult::NotMember) => true,
            (_, result) => matches!(result, StepResult::Member | StepResult::Error),
        };
        if decided {
            steps.drain(..steps.len().saturating_sub(1));
        } else if steps.len() > MAX_STEPS {
            let omitted = StepKind::Omitted(steps.len() - MAX_STEPS);
            steps.truncate(MAX_STEPS);
            steps.push(Self { kind: omitted, result, steps: Vec::new() });
        }
        Self { kind, result, steps }
    }

    /// Whether the step only says that there is nothing to follow.
    fn is_empty(&self) -> bool {
        matches!(self.kind, StepKind::Relation(_))
            && self.result == StepResult::NotMember
            && self.steps.is_empty()
    }

    fn text(&self) -> String {
        let member = self.result == StepResult::Member;
        let mark = match self.result {
            StepResult::Member => "yes",
            StepResult::NotMember => "no",
            StepResult::Unknown => "unknown",
            StepResult::Error => "error",
        };
        match &self.kind {
            StepKind::Relation(set) => format!("{mark}: {}", set_text(set)),
            StepKind::Tuple(tuple) if member => format!("tuple {}", tuple_text(tuple)),
            StepKind::Tuple(tuple) => format!("no tuple {}", tuple_text(tuple)),
            StepKind::Follow(tuple) => format!("{mark}: through tuple {}", tuple_text(tuple)),
            StepKind::Term(term) => format!("{mark}: {term}"),
            StepKind::AnyOf => format!("{mark}: any of"),
            StepKind::AllOf => format!("{mark}: all of"),
            StepKind::Not => format!("{mark}: not"),
            StepKind::AlreadyVisited(set) => format!("{} was visited before", set_text(set)),
            StepKind::DepthLimit => "the maximum depth is reached".to_owned(),
            StepKind::WidthLimit { followed, skipped } => format!(
                "the maximum width is reached: {followed} subject sets are followed, {skipped} are not"
            ),
            StepKind::Omitted(steps) => format!("and {steps} more"),
        }
    }

    /// A union with one step is shown as that step.
    fn tree(&self) -> Tree<String> {
        match (&self.kind, &*self.steps) {
            (StepKind::AnyOf, [only]) => only.tree(),
            _ => Tree::new(self.text()).with_leaves(self.steps.iter().map(Self::tree)),
        }
    }
}

pub(crate) fn tuple_text(tuple: &RelationTuple) -> String {
    tuple.try_to_string().unwrap_or_else(|_| format!("{tuple:?}"))
}

fn set_text(set: &SubjectSet) -> String {
    let text = Subject::Set(set.clone()).try_to_string();
    text.map_or_else(|_| format!("{set:?}"), |text| text.trim_matches(['(', ')']).to_owned())
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tuple = tuple_text(&self.tuple);
        let root = match &self.result {
            Ok(Decision::Allowed) => format!("allowed: {tuple}"),
            Ok(Decision::Denied) => format!("denied: {tuple}"),
            Err(error) => format!("no decision: {tuple}: {error}"),
        };
        let tree = Tree::new(root).with_leaves(self.steps.iter().map(Step::tree)).to_string();
        f.write_str(tree.trim_end())?;
        if self.depends_on_order {
            f.write_str("\nKeto may answer otherwise: the answer depends on the order of tuples")?;
        }
        Ok(())
    }
}
