//! A model in the form in which Keto evaluates it.

use crate::opl::{
    evaluator::{
        limits::MAX_NESTED,
        recursion::mark_endless,
        symbols::{Symbol, Symbols},
    },
    syntax::ast::{Expression, Member, Model, Operator, Term},
};
use serde::Serialize;
use std::collections::HashMap;

/// A term of a permission, of which coverage is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// The namespace.
    pub namespace: String,
    /// The permission whose condition has the term.
    pub permission: String,
    /// The term in the Ory Permission Language.
    pub term: String,
}

/// The number of a rule.
pub(super) type RuleId = usize;

#[derive(Clone, Debug)]
pub(super) enum Node {
    Set(SetNode),
    Computed {
        rule: RuleId,
        relation: Symbol,
    },
    Traverse {
        rule: RuleId,
        relation: Symbol,
        target: Symbol,
    },
    Not(Box<Node>),
    /// The content of `!()`.
    Empty,
    /// What is nested in more than [`MAX_NESTED`] levels.
    TooDeep,
}

#[derive(Clone, Debug)]
pub(super) struct SetNode {
    pub operator: Operator,
    pub children: Vec<Node>,
}

#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub root: SetNode,
    /// The depth above which a check never ends in Keto.
    pub endless_above: Option<u32>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    /// The members of each namespace, with the condition of those that are permissions.
    pub namespaces: HashMap<Symbol, HashMap<Symbol, Option<Condition>>>,
    pub rules: Vec<Rule>,
}

impl Program {
    pub fn compile(model: &Model, symbols: &mut Symbols) -> Self {
        let mut program = Self::default();
        for class in &model.classes {
            let mut members = HashMap::new();
            for member in &class.members {
                let symbol = symbols.intern(member.name());
                if members.contains_key(&symbol) {
                    continue;
                }
                let condition = match member {
                    Member::Relation(_) => None,
                    Member::Permission(permission) => {
                        let mut compiler = Compiler {
                            symbols: &mut *symbols,
                            rules: &mut program.rules,
                            namespace: &class.name,
                            permission: &permission.name,
                        };
                        compiler.expression(&permission.expression).map(simplify)
                    }
                };
                let condition = condition.map(|mut root| {
                    limit_nesting(&mut root, MAX_NESTED);
                    Condition { root, endless_above: None }
                });
                members.insert(symbol, condition);
            }
            mark_endless(&mut members);
            program.namespaces.insert(symbols.intern(&class.name), members);
        }
        program
    }
}

struct Compiler<'a> {
    symbols: &'a mut Symbols,
    rules: &'a mut Vec<Rule>,
    namespace: &'a str,
    permission: &'a str,
}

impl Compiler<'_> {
    fn rule(&mut self, term: &Term) -> RuleId {
        self.rules.push(Rule {
            namespace: self.namespace.to_owned(),
            permission: self.permission.to_owned(),
            term: term.to_string(),
        });
        self.rules.len() - 1
    }

    /// Each operator takes everything before it as its first operand. A term without an operator is
    /// one more operand of the last operator, which may be one in a group.
    fn expression(&mut self, expression: &Expression) -> Option<SetNode> {
        let mut root = match self.term(expression.first.as_ref()?) {
            Node::Set(set) => set,
            node => SetNode { operator: Operator::Or, children: vec![node] },
        };
        for operand in &expression.rest {
            if let Some(operator) = operand.operator {
                root = SetNode { operator, children: vec![Node::Set(root)] };
            }
            if let Some(term) = &operand.term {
                root.children.push(self.term(term));
            }
        }
        Some(root)
    }

    fn term(&mut self, term: &Term) -> Node {
        match term {
            Term::Includes { relation } | Term::Permits { permission: relation } => {
                Node::Computed { rule: self.rule(term), relation: self.symbols.intern(relation) }
            }
            Term::Traverse { relation, target, .. } => Node::Traverse {
                rule: self.rule(term),
                relation: self.symbols.intern(relation),
                target: self.symbols.intern(target),
            },
            Term::Not(term) => Node::Not(Box::new(self.term(term))),
            Term::Group(group) => self.expression(group).map_or(Node::Empty, Node::Set),
        }
    }
}

/// Merges operands with the same operator, as Keto does: operands with another operator are left
/// as they are. Each level that remains counts as one level of depth.
///
/// It does not recurse: a condition has a level for each operator.
fn simplify(root: SetNode) -> SetNode {
    let operator = root.operator;
    let mut children = Vec::new();
    let mut merged = vec![root.children.into_iter()];
    while let Some(operands) = merged.last_mut() {
        match operands.next() {
            None => drop(merged.pop()),
            Some(Node::Set(set)) if set.operator == operator => {
                merged.push(set.children.into_iter())
            }
            Some(other) => children.push(other),
        }
    }
    SetNode { operator, children }
}

/// Replaces what is nested deeper than a check can go, so that no recursion is deeper than that.
fn limit_nesting(set: &mut SetNode, levels: usize) {
    for child in &mut set.children {
        let inner = match child {
            Node::Set(inner) => inner,
            Node::Not(negated) => match &mut **negated {
                Node::Set(inner) => inner,
                _ => continue,
            },
            _ => continue,
        };
        match levels.checked_sub(1) {
            Some(levels) => limit_nesting(inner, levels),
            None => {
                let mut dropped = vec![std::mem::replace(child, Node::TooDeep)];
                while let Some(node) = dropped.pop() {
                    match node {
                        Node::Set(set) => dropped.extend(set.children),
                        Node::Not(node) => dropped.push(*node),
                        _ => {}
                    }
                }
            }
        }
    }
}
