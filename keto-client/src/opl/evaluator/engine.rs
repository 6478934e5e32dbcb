//! The evaluation of one check, step by step as Keto does it.

use crate::opl::{
    evaluator::{
        error::EvaluationError,
        explain::{Step, StepKind, StepResult},
        limits::{KetoBugs, Limits},
        program::{Condition, Node, Program, RuleId, SetNode},
        symbols::{RequestSymbols, SetKey, SubjectKey},
        tuples::TupleIndex,
    },
    syntax::ast::Operator,
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

/// The maximum number of relations that are visited inside of each other, which keeps the stack small.
const MAX_NESTED: usize = 128;

/// The number of visited relations after which no more steps are recorded.
const MAX_RECORDED_STEPS: usize = 10_000;

/// How often a rule was evaluated, and with what result.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::opl) struct RuleCount {
    pub evaluated: u64,
    pub members: u64,
}

pub(super) struct Engine<'a> {
    pub program: &'a Program,
    pub tuples: &'a TupleIndex,
    pub symbols: RequestSymbols<'a>,
    pub limits: Limits,
    pub bugs: KetoBugs,
    pub subject: SubjectKey,
    /// The subject sets that were visited below the first expansion.
    pub visited: Option<HashSet<SetKey>>,
    /// The outcomes and steps of operands that were evaluated before they were needed, by the address
    /// of the node.
    pub started: HashMap<(usize, SetKey, u32), (Outcome, Option<Vec<Step>>)>,
    /// The results without shared visited sets: these depend on nothing else.
    pub memo: HashMap<(SetKey, u32, bool), Membership>,
    pub steps: usize,
    /// The number of relations that are being visited.
    pub nested: usize,
    /// Whether a visited subject set was skipped or some were left out, so that the order of tuples
    /// may have decided.
    pub order_counts: bool,
    /// The steps of the current parent, if they are recorded.
    pub trace: Option<Vec<Step>>,
    pub coverage: Option<&'a mut [RuleCount]>,
}

impl<'a> Engine<'a> {
    /// Runs a step and records it.
    fn step(
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

    fn limit(&mut self, kind: impl FnOnce(&Self) -> StepKind) -> Outcome {
        self.note(kind, Unknown)
    }

    fn count(&mut self, rule: RuleId, outcome: &Outcome) {
        if let Some(count) = self.coverage.as_mut().and_then(|counts| counts.get_mut(rule)) {
            count.evaluated += 1;
            count.members += u64::from(*outcome == Ok(Member));
        }
    }

    /// The result of checks of which any is enough and none was.
    fn none_of(&self, unknown: bool) -> Membership {
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
        if self.nested == MAX_NESTED {
            return Err(EvaluationError::TooDeep);
        }
        self.nested += 1;
        let outcome = self.step(
            |engine| StepKind::Relation(engine.symbols.set(set)),
            |engine| engine.check_relation(set, depth, skip_direct),
        );
        self.nested -= 1;
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

    fn is_direct(&mut self, set: SetKey) -> Outcome {
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
    fn follow(
        &mut self,
        set: SetKey,
        inner: SetKey,
        run: impl FnOnce(&mut Self) -> Outcome,
    ) -> Outcome {
        let tuple = |engine: &Self| engine.symbols.tuple(set, SubjectKey::Set(inner));
        self.step(|engine| StepKind::Follow(tuple(engine)), run)
    }
}

/// Conditions of permissions.
impl<'a> Engine<'a> {
    fn condition_holds(&mut self, set: SetKey, condition: &SetNode, depth: u32) -> Outcome {
        if depth == 0 {
            return self.limit(|_| StepKind::DepthLimit);
        }
        if self.visited.is_some() {
            self.start_operands(set, condition, depth);
        }
        match condition.operator {
            Operator::Or => {
                self.step(|_| StepKind::AnyOf, |engine| engine.any_of(set, condition, depth))
            }
            Operator::And => {
                self.step(|_| StepKind::AllOf, |engine| engine.all_of(set, condition, depth))
            }
        }
    }

    /// Evaluates the relations and permissions in operands of `&&` and `!`. Keto starts them before it
    /// needs them, also if it never does, and the subject sets that they visit are visited.
    fn start_operands(&mut self, set: SetKey, condition: &SetNode, depth: u32) {
        for child in &condition.children {
            match child {
                Node::Computed { .. } if condition.operator == Operator::And => {
                    self.start(set, child, depth);
                }
                Node::Set(inner) if depth > 1 => self.start_operands(set, inner, depth - 1),
                Node::Not(inner) => match &**inner {
                    Node::Computed { .. } => self.start(set, inner, depth),
                    Node::Set(inner) => self.start_operands(set, inner, depth),
                    _ => {}
                },
                _ => {}
            }
        }
    }

    fn start(&mut self, set: SetKey, node: &Node, depth: u32) {
        let key = (std::ptr::from_ref(node).addr(), set, depth);
        if !self.started.contains_key(&key) {
            let outer = self.trace.as_mut().map(std::mem::take);
            let outcome = self.operand(set, node, depth);
            let steps = std::mem::replace(&mut self.trace, outer);
            self.started.insert(key, (outcome, steps));
        }
    }

    fn any_of(&mut self, set: SetKey, condition: &SetNode, depth: u32) -> Outcome {
        let mut unknown = false;
        match self.any_relation(set, &condition.children, depth)? {
            Member => return Ok(Member),
            other => unknown |= other == Unknown,
        }
        for child in &condition.children {
            if matches!(child, Node::Computed { .. }) {
                continue;
            }
            match self.term(set, child, depth)? {
                Member => return Ok(Member),
                other => unknown |= other == Unknown,
            }
        }
        Ok(self.none_of(unknown))
    }

    /// The relations and permissions of the same object come first in a union: a tuple of any of them,
    /// whatever the depth, and then each without its tuples, one level deeper.
    fn any_relation(&mut self, set: SetKey, children: &[Node], depth: u32) -> Outcome {
        let computed = children.iter().filter_map(|child| match child {
            Node::Computed { rule, relation } => {
                Some((*rule, SetKey { relation: *relation, ..set }))
            }
            _ => None,
        });
        for (rule, inner) in computed.clone() {
            if self.tuples.contains(inner, self.subject) {
                return self.rule(rule, |engine| engine.is_direct(inner));
            }
        }
        let mut unknown = false;
        for (rule, inner) in computed {
            let outcome = self.rule(rule, |engine| {
                engine.is_direct(inner)?;
                engine.check(inner, depth - 1, true)
            });
            match outcome? {
                Member => return Ok(Member),
                other => unknown |= other == Unknown,
            }
        }
        Ok(self.none_of(unknown))
    }

    fn all_of(&mut self, set: SetKey, condition: &SetNode, depth: u32) -> Outcome {
        let mut unknown = false;
        for child in &condition.children {
            match self.term(set, child, depth)? {
                Member => {}
                Unknown if !self.bugs.negation_at_limits => unknown = true,
                _ => return Ok(NotMember),
            }
        }
        Ok(if unknown { Unknown } else { Member })
    }

    fn term(&mut self, set: SetKey, node: &Node, depth: u32) -> Outcome {
        match node {
            Node::Set(inner) => self.condition_holds(set, inner, depth - 1),
            other => self.operand(set, other, depth),
        }
    }

    fn operand(&mut self, set: SetKey, node: &Node, depth: u32) -> Outcome {
        let key = (std::ptr::from_ref(node).addr(), set, depth);
        if let Some((outcome, steps)) = self.started.remove(&key) {
            self.trace.iter_mut().for_each(|trace| trace.extend(steps.clone().unwrap_or_default()));
            return outcome;
        }
        match node {
            Node::Set(inner) => self.condition_holds(set, inner, depth),
            Node::Computed { rule, relation } => {
                let inner = SetKey { relation: *relation, ..set };
                self.rule(*rule, |engine| engine.check(inner, depth, false))
            }
            Node::Traverse { rule, relation, target } => {
                let followed = SetKey { relation: *relation, ..set };
                self.rule(*rule, |engine| {
                    let mut unknown = false;
                    let tuples = engine.tuples;
                    for object in tuples.subjects(followed).into_iter().flat_map(|s| &s.sets) {
                        let inner = SetKey { relation: *target, ..*object };
                        let outcome = engine.follow(followed, *object, |engine| {
                            engine.check(inner, depth - 1, false)
                        });
                        match outcome? {
                            Member => return Ok(Member),
                            other => unknown |= other == Unknown,
                        }
                    }
                    Ok(engine.none_of(unknown))
                })
            }
            Node::Not(inner) => self.step(
                |_| StepKind::Not,
                |engine| {
                    Ok(match engine.operand(set, inner, depth)? {
                        Member => NotMember,
                        NotMember => Member,
                        Unknown => Unknown,
                    })
                },
            ),
            Node::Empty => Err(EvaluationError::EmptyNegation),
        }
    }

    fn rule(&mut self, rule: RuleId, run: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let outcome = self.step(
            |engine| {
                let rule = engine.program.rules.get(rule);
                StepKind::Term(rule.map(|rule| rule.term.clone()).unwrap_or_default())
            },
            run,
        );
        self.count(rule, &outcome);
        outcome
    }
}
