//! Questions about expressions.

use crate::opl::syntax::ast::{Expression, Operand, Operator, Term};
use std::collections::HashSet;

/// Calls a function with each term of an expression, also in groups and negations.
pub(super) fn for_each_term<'a>(expression: &'a Expression, visit: &mut dyn FnMut(&'a Term)) {
    for term in terms(expression) {
        visit(term);
        match term {
            Term::Group(group) => for_each_term(group, visit),
            Term::Not(inner) => {
                visit(inner);
                if let Term::Group(group) = &**inner {
                    for_each_term(group, visit);
                }
            }
            _ => {}
        }
    }
}

/// The terms of an expression, but not those inside of groups.
pub(super) fn terms(expression: &Expression) -> impl Iterator<Item = &Term> {
    let rest = expression.rest.iter().filter_map(|operand| operand.term.as_ref());
    expression.first.iter().chain(rest)
}

/// Evaluates an expression from left to right, as Keto does. The function evaluates a term that is
/// neither a group nor a negation, and those that are in a negation are `None`.
pub(super) fn evaluate(expression: &Expression, holds: &mut dyn FnMut(&Term) -> bool) -> bool {
    let Some(first) = &expression.first else { return false };
    let mut result = evaluate_term(first, holds);
    let mut last = Operator::Or;
    for Operand { operator, term } in &expression.rest {
        last = operator.unwrap_or(last);
        let Some(term) = term else { continue };
        let holds = evaluate_term(term, holds);
        result = match last {
            Operator::Or => result || holds,
            Operator::And => result && holds,
        };
    }
    result
}

fn evaluate_term(term: &Term, holds: &mut dyn FnMut(&Term) -> bool) -> bool {
    match term {
        Term::Group(group) => evaluate(group, holds),
        other => holds(other),
    }
}

/// Whether an expression has `&&` and `||` without parentheses around one of them.
pub(super) fn mixes_operators(expression: &Expression) -> bool {
    let mut operators = expression.rest.iter().filter_map(|operand| operand.operator);
    operators.next().is_some_and(|first| operators.any(|other| other != first))
}

/// Whether an operator or a term is missing, which TypeScript does not accept.
pub(super) fn is_incomplete(expression: &Expression) -> bool {
    let missing = |operand: &Operand| operand.operator.is_none() || operand.term.is_none();
    expression.first.is_none() || expression.rest.iter().any(missing)
}

/// Whether a condition can't hold because it requires a term and its negation.
pub(super) fn contradicts(expression: &Expression) -> bool {
    if let (Some(Term::Group(group)), []) = (&expression.first, &*expression.rest) {
        return contradicts(group);
    }
    if expression.rest.iter().any(|operand| operand.operator != Some(Operator::And)) {
        return false;
    }
    let required: HashSet<&Term> = terms(expression).collect();
    terms(expression)
        .any(|term| matches!(term, Term::Not(negated) if required.contains(&**negated)))
}
