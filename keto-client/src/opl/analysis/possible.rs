//! The relations and permissions that somebody can have, with any tuples of the declared types.

use crate::opl::{
    analysis::expressions::contradicts,
    syntax::ast::{Class, Expression, Member, Model, Operator, SubjectType, Term},
};
use std::collections::HashMap;

/// The relations and permissions that somebody can have: a least fixed point.
///
/// Each relation, permission and operator is a gate, so that the time grows with the number of terms
/// whatever the order of the declarations.
pub(super) struct Possible<'a> {
    members: HashMap<(&'a str, &'a str), Declared<'a>>,
    gates: Vec<Gate>,
}

struct Declared<'a> {
    member: &'a Member,
    gate: GateId,
}

/// Something that is possible once enough of its inputs are.
struct Gate {
    /// The number of inputs that are still needed.
    needed: usize,
    outputs: Vec<GateId>,
}

type GateId = usize;

/// The gate of what is always possible.
const ALWAYS: GateId = 0;
/// The gate of what never is.
const NEVER: GateId = 1;

impl<'a> Possible<'a> {
    pub fn of(model: &'a Model) -> Self {
        let mut this = Self { members: HashMap::new(), gates: Vec::new() };
        this.gate(1, []);
        this.gate(1, []);
        for Class { name, members, .. } in &model.classes {
            for member in members {
                if !this.members.contains_key(&(name, member.name())) {
                    let gate = this.gate(1, []);
                    this.members.insert((name, member.name()), Declared { member, gate });
                }
            }
        }
        let members: Vec<_> =
            this.members.iter().map(|(key, d)| (*key, d.member, d.gate)).collect();
        for ((class, _), member, gate) in members {
            match member {
                Member::Relation(relation) => {
                    for SubjectType { namespace, relation } in &relation.types {
                        let input = match relation {
                            None => ALWAYS,
                            Some(relation) => this.member(namespace, relation),
                        };
                        this.gates[input].outputs.push(gate);
                    }
                }
                Member::Permission(permission) if contradicts(&permission.expression) => {}
                Member::Permission(permission) => {
                    let input = this.expression(class, &permission.expression);
                    this.gates[input].outputs.push(gate);
                }
            }
        }
        this.solve();
        this
    }

    pub fn contains(&self, class: &str, name: &str) -> bool {
        self.gates[self.member(class, name)].needed == 0
    }

    fn gate(&mut self, needed: usize, inputs: impl IntoIterator<Item = GateId>) -> GateId {
        let gate = self.gates.len();
        self.gates.push(Gate { needed, outputs: Vec::new() });
        inputs.into_iter().for_each(|input| self.gates[input].outputs.push(gate));
        gate
    }

    fn member(&self, class: &str, name: &str) -> GateId {
        self.members.get(&(class, name)).map_or(NEVER, |declared| declared.gate)
    }

    /// The operators are read from left to right, as Keto does.
    fn expression(&mut self, class: &str, expression: &Expression) -> GateId {
        let Some(first) = &expression.first else { return NEVER };
        let mut result = self.term(class, first);
        let mut last = Operator::Or;
        for operand in &expression.rest {
            last = operand.operator.unwrap_or(last);
            let Some(term) = &operand.term else { continue };
            let term = self.term(class, term);
            let needed = match last {
                Operator::Or => 1,
                Operator::And => 2,
            };
            result = self.gate(needed, [result, term]);
        }
        result
    }

    fn term(&mut self, class: &str, term: &Term) -> GateId {
        match term {
            Term::Includes { relation: name } | Term::Permits { permission: name } => {
                self.member(class, name)
            }
            Term::Traverse { relation, target, .. } => {
                let Some(Declared { member: Member::Relation(relation), .. }) =
                    self.members.get(&(class, relation))
                else {
                    return NEVER;
                };
                let types = relation.types.iter();
                let inputs: Vec<_> =
                    types.map(|subject| self.member(&subject.namespace, target)).collect();
                self.gate(1, inputs)
            }
            Term::Not(_) => ALWAYS,
            Term::Group(group) => self.expression(class, group),
        }
    }

    fn solve(&mut self) {
        self.gates[ALWAYS].needed = 0;
        let mut possible = vec![ALWAYS];
        while let Some(gate) = possible.pop() {
            for output in std::mem::take(&mut self.gates[gate].outputs) {
                let needed = &mut self.gates[output].needed;
                if *needed > 0 {
                    *needed -= 1;
                    if *needed == 0 {
                        possible.push(output);
                    }
                }
            }
        }
    }
}
