//! Conditions of permissions.

use crate::opl::{
    evaluator::{
        engine::{Engine, Membership, Outcome},
        error::EvaluationError,
        explain::StepKind,
        program::{Node, RuleId, SetNode},
        symbols::SetKey,
    },
    syntax::ast::Operator,
};

use Membership::{Member, NotMember, Unknown};

impl Engine<'_> {
    pub fn condition_holds(&mut self, set: SetKey, condition: &SetNode, depth: u32) -> Outcome {
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
            Node::TooDeep => Err(EvaluationError::TooDeep),
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
