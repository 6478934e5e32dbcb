//! The evaluation of one check, step by step as Keto does it.

use crate::opl::evaluator::{
    error::EvaluationError,
    explain::{Step, StepKind, StepResult},
    limits::{KetoBugs, Limits, MAX_NESTED},
    program::{Condition, Program, RuleId},
    symbols::{RequestSymbols, SetKey, SubjectKey},
    tuples::TupleIndex,
};
use std::collections::{HashMap, HashSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Membership {
    Member,
    NotMember,
    /// A limit was reached before the answer was known.
    Unknown,
}

use Membership::{Member, NotMember, Unknown};

pub(super) type Outcome = Result<Membership, EvaluationError>;

/// The number of visited relations after which no more steps are recorded.
const MAX_RECORDED_STEPS: usize = 10_000;

/// How often a rule was evaluated, and with what result.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::opl) struct RuleCount {
    pub evaluated: u64,
    pub members: u64,
}

/// An operand that was evaluated before it was needed: its outcome and its steps.
pub(super) type Started = (Outcome, Option<Vec<Step>>);

pub(super) struct Engine<'a> {
    pub program: &'a Program,
    pub tuples: &'a TupleIndex,
    pub symbols: RequestSymbols<'a>,
    pub limits: Limits,
    pub bugs: KetoBugs,
    pub subject: SubjectKey,
    /// The subject sets that were visited below the first expansion.
    pub visited: Option<HashSet<SetKey>>,
    /// Operands by the addresses of their nodes.
    pub started: HashMap<(usize, SetKey, u32), Started>,
    /// The results without shared visited sets: these depend on nothing else.
    pub memo: HashMap<(SetKey, u32, bool), Membership>,
    pub steps: usize,
    /// The number of steps that are running.
    pub nested: usize,
    /// Whether a visited subject set was skipped or some were left out, so that the order of tuples
    /// may have decided.
    pub order_counts: bool,
    /// The steps of the current parent, if they are recorded.
    pub trace: Option<Vec<Step>>,
    pub coverage: Option<&'a mut [RuleCount]>,
}

impl<'a> Engine<'a> {
    /// Runs a step, and records it if steps are recorded.
    pub fn step(
        &mut self,
        kind: impl FnOnce(&Self) -> StepKind,
        run: impl FnOnce(&mut Self) -> Outcome,
    ) -> Outcome {
        if self.nested == MAX_NESTED {
            return Err(EvaluationError::TooDeep);
        }
        self.nested += 1;
        let outcome = self.record(kind, run);
        self.nested -= 1;
        outcome
    }

    fn record(
        &mut self,
        kind: impl FnOnce(&Self) -> StepKind,
        run: impl FnOnce(&mut Self) -> Outcome,
    ) -> Outcome {
        if self.trace.is_none() || self.steps > MAX_RECORDED_STEPS {
            return run(self);
        }
        let kind = kind(self);
        let outer = self.trace.replace(Vec::new());
        let outcome = run(self);
        let steps = std::mem::replace(&mut self.trace, outer).unwrap_or_default();
        if let Some(trace) = &mut self.trace {
            trace.push(Step::new(kind, StepResult::of(&outcome), steps));
        }
        outcome
    }

    fn note(&mut self, kind: impl FnOnce(&Self) -> StepKind, membership: Membership) -> Outcome {
        self.step(kind, |_| Ok(membership))
    }

    pub fn limit(&mut self, kind: impl FnOnce(&Self) -> StepKind) -> Outcome {
        self.note(kind, Unknown)
    }

    pub fn count(&mut self, rule: RuleId, outcome: &Outcome) {
        if let Some(count) = self.coverage.as_mut().and_then(|counts| counts.get_mut(rule)) {
            count.evaluated += 1;
            count.members += u64::from(*outcome == Ok(Member));
        }
    }

    /// The result of checks of which any is enough and none was.
    pub fn none_of(&self, unknown: bool) -> Membership {
        if unknown && !self.bugs.negation_at_limits { Unknown } else { NotMember }
    }

    /// Whether the subject has a relation or permission.
    pub fn check(&mut self, set: SetKey, depth: u32, skip_direct: bool) -> Outcome {
        let key = (set, depth, skip_direct);
        if let Some(known) = self.memo.get(&key) {
            return Ok(*known);
        }
        self.steps += 1;
        if self.steps > self.limits.max_steps {
            return Err(EvaluationError::TooManySteps { limit: self.limits.max_steps });
        }
        let outcome = self.step(
            |engine| StepKind::Relation(engine.symbols.set(set)),
            |engine| engine.check_relation(set, depth, skip_direct),
        );
        if let (Ok(membership), false, None) =
            (&outcome, self.bugs.shared_visited_sets, &self.trace)
        {
            self.memo.insert(key, *membership);
        }
        outcome
    }

    fn check_relation(&mut self, set: SetKey, depth: u32, skip_direct: bool) -> Outcome {
        let has_tuples = self.tuples.subjects(set).is_some();
        let Some(below) = depth.checked_sub(1) else {
            return match self.condition(set) {
                Ok(None) if !has_tuples => Ok(NotMember),
                _ => self.limit(|_| StepKind::DepthLimit),
            };
        };
        let mut unknown = false;
        if let Some(condition) = self.condition(set)? {
            if condition.endless_above.is_some_and(|endless| endless < depth) {
                return Err(EvaluationError::EndlessRecursion {
                    namespace: self.symbols.name(set.namespace).to_owned(),
                    permission: self.symbols.name(set.relation).to_owned(),
                });
            }
            match self.condition_holds(set, &condition.root, depth)? {
                Member => return Ok(Member),
                other => unknown |= other == Unknown,
            }
        }
        if below == 0 && has_tuples {
            let result = self.limit(|_| StepKind::DepthLimit)?;
            return Ok(self.none_of(unknown || result == Unknown));
        }
        if !skip_direct && self.is_direct(set)? == Member {
            return Ok(Member);
        }
        match self.expand(set, below)? {
            Member => Ok(Member),
            other => Ok(self.none_of(unknown || other == Unknown)),
        }
    }

    /// The condition of a permission, or `None` of a relation. A namespace without members has any
    /// relation, and so has a namespace that is not declared.
    fn condition(&self, set: SetKey) -> Result<Option<&'a Condition>, EvaluationError> {
        let SetKey { namespace, relation, .. } = set;
        let program = self.program;
        match program.namespaces.get(&namespace) {
            Some(members) if !members.is_empty() && !self.symbols.name(relation).is_empty() => {
                match members.get(&relation) {
                    Some(condition) => Ok(condition.as_ref()),
                    None => Err(EvaluationError::UnknownRelation {
                        namespace: self.symbols.name(namespace).to_owned(),
                        relation: self.symbols.name(relation).to_owned(),
                    }),
                }
            }
            _ => Ok(None),
        }
    }

    pub fn is_direct(&mut self, set: SetKey) -> Outcome {
        let membership = if self.tuples.contains(set, self.subject) { Member } else { NotMember };
        self.note(|engine| StepKind::Tuple(engine.symbols.tuple(set, engine.subject)), membership)
    }

    /// Whether the subject is in one of the subject sets that have the relation.
    fn expand(&mut self, set: SetKey, depth: u32) -> Outcome {
        let tuples = self.tuples;
        let Some(sets) = tuples.subjects(set).map(|subjects| &*subjects.sets) else {
            return Ok(NotMember);
        };
        if let Some(found) = sets.iter().find(|inner| tuples.contains(**inner, self.subject)) {
            return self.follow(set, *found, |engine| engine.is_direct(*found));
        }
        let followed = if sets.len() > self.limits.max_width {
            self.order_counts = true;
            let followed = self.limits.max_width.saturating_sub(1);
            self.limit(|_| StepKind::WidthLimit { followed, skipped: sets.len() - followed })?;
            &sets[..followed]
        } else {
            sets
        };
        let outermost = self.bugs.shared_visited_sets && self.visited.is_none();
        if outermost {
            self.visited = Some(HashSet::new());
        }
        let outcome = self.expand_each(set, followed, depth);
        if outermost {
            self.visited = None;
        }
        match outcome? {
            NotMember => Ok(self.none_of(followed.len() < sets.len())),
            other => Ok(other),
        }
    }

    fn expand_each(&mut self, set: SetKey, sets: &[SetKey], depth: u32) -> Outcome {
        let mut unknown = false;
        for inner in sets {
            if self.visited.as_mut().is_some_and(|visited| !visited.insert(*inner)) {
                self.order_counts = true;
                let kind = |engine: &Self| StepKind::AlreadyVisited(engine.symbols.set(*inner));
                self.note(kind, NotMember)?;
                continue;
            }
            // An object such as a user, which has no members.
            if self.symbols.name(inner.relation).is_empty()
                && self.tuples.subjects(*inner).is_none()
            {
                continue;
            }
            match self.follow(set, *inner, |engine| engine.check(*inner, depth, true))? {
                Member => return Ok(Member),
                other => unknown |= other == Unknown,
            }
        }
        Ok(self.none_of(unknown))
    }

    /// Follows a tuple whose subject is a subject set.
    pub fn follow(
        &mut self,
        set: SetKey,
        inner: SetKey,
        run: impl FnOnce(&mut Self) -> Outcome,
    ) -> Outcome {
        let tuple = |engine: &Self| engine.symbols.tuple(set, SubjectKey::Set(inner));
        self.step(|engine| StepKind::Follow(tuple(engine)), run)
    }
}
