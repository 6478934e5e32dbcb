//! Permissions that are defined by themselves.
//!
//! Keto starts the operands of `&&` and `!` before it needs them, and counts no depth for a relation
//! or permission among them. A permission that reaches itself in this way is never evaluated.

use crate::opl::{
    evaluator::{
        program::{Condition, Node, SetNode},
        symbols::Symbol,
    },
    syntax::ast::Operator,
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, hash_map::Entry},
};

/// A permission that is evaluated as soon as another one is, this much deeper.
struct Reference {
    to: Symbol,
    cost: u32,
}

/// Sets [`Condition::endless_above`] of each permission of a namespace.
pub(super) fn mark_endless(members: &mut HashMap<Symbol, Option<Condition>>) {
    let mut references = HashMap::new();
    for (name, condition) in &*members {
        if let Some(condition) = condition {
            let mut found = Vec::new();
            in_set(&condition.root, 0, &mut found);
            references.insert(*name, found);
        }
    }
    // The least cost to reach a permission on a cycle that costs nothing, the cheapest first.
    let mut reached: BinaryHeap<_> =
        on_free_cycles(&references).into_iter().map(|name| Reverse((0, name))).collect();
    let mut referrers: HashMap<Symbol, Vec<(Symbol, u32)>> = HashMap::new();
    for (name, references) in &references {
        for Reference { to, cost } in references {
            referrers.entry(*to).or_default().push((*name, *cost));
        }
    }
    let mut costs: HashMap<Symbol, u32> = HashMap::new();
    while let Some(Reverse((cost, name))) = reached.pop() {
        if let Entry::Vacant(entry) = costs.entry(name) {
            entry.insert(cost);
            let next = referrers.remove(&name).unwrap_or_default().into_iter();
            reached.extend(next.map(|(referrer, more)| Reverse((cost + more, referrer))));
        }
    }
    for (name, cost) in costs {
        if let Some(Some(condition)) = members.get_mut(&name) {
            condition.endless_above = Some(cost);
        }
    }
}

/// The permissions that are left when those without a free reference to another one that is left
/// are removed, one after the other: they are on a free cycle or lead to one.
fn on_free_cycles(references: &HashMap<Symbol, Vec<Reference>>) -> Vec<Symbol> {
    let mut left: HashMap<Symbol, usize> = HashMap::new();
    let mut referrers: HashMap<Symbol, Vec<Symbol>> = HashMap::new();
    for (name, references_of) in references {
        let free = references_of
            .iter()
            .filter(|reference| reference.cost == 0 && references.contains_key(&reference.to));
        let mut count = 0;
        for reference in free {
            referrers.entry(reference.to).or_default().push(*name);
            count += 1;
        }
        left.insert(*name, count);
    }
    let mut removed: Vec<Symbol> =
        left.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect();
    while let Some(name) = removed.pop() {
        left.remove(&name);
        for referrer in referrers.remove(&name).unwrap_or_default() {
            if let Some(count) = left.get_mut(&referrer) {
                *count -= 1;
                if *count == 0 {
                    removed.push(referrer);
                }
            }
        }
    }
    left.into_keys().collect()
}

fn in_set(set: &SetNode, cost: u32, found: &mut Vec<Reference>) {
    for child in &set.children {
        match child {
            Node::Computed { relation, .. } if set.operator == Operator::And => {
                found.push(Reference { to: *relation, cost });
            }
            Node::Set(inner) => in_set(inner, cost + 1, found),
            Node::Not(inner) => match &**inner {
                Node::Computed { relation, .. } => found.push(Reference { to: *relation, cost }),
                Node::Set(inner) => in_set(inner, cost, found),
                _ => {}
            },
            _ => {}
        }
    }
}
