//! Conditions on several relations.

use crate::{
    api::permissions::Check,
    guard::template::{Template, TemplateError},
    model::{subject::Subject, tuple::RelationTuple},
};
use std::{collections::HashMap, str::FromStr};

/// What a request needs: a relation, or all, any or none of several.
///
/// All relations are checked in one batch, each once. A check without a decision is neither allowed
/// nor denied, so that [`Condition::not`] of it is not allowed either. Note that Keto denies a check
/// whose namespace does not exist, and `not` allows it then; [`crate::CheckedNames`] returns an error
/// instead.
///
/// ```
/// use keto_client::guard::Condition;
///
/// let blocked: Condition = "Document:{id}#blocked".parse()?;
/// let condition = Condition::all([
///     Condition::any(["Document:{id}#view", "app:admin#access"])?,
///     Condition::not(blocked),
/// ])?;
/// # Ok::<(), keto_client::guard::TemplateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(Node<Template>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node<T> {
    One(T),
    All(Vec<Node<T>>),
    Any(Vec<Node<T>>),
    Not(Box<Node<T>>),
}

impl Condition {
    /// All of the conditions must be met.
    ///
    /// # Errors
    /// If a template is not valid, or if there is none: that would allow everything.
    pub fn all<C>(conditions: impl IntoIterator<Item = C>) -> Result<Self, TemplateError>
    where
        C: TryInto<Self, Error: Into<TemplateError>>,
    {
        nodes(conditions).map(|nodes| Self(Node::All(nodes)))
    }

    /// At least one of the conditions must be met.
    ///
    /// # Errors
    /// If a template is not valid, or if there is none.
    pub fn any<C>(conditions: impl IntoIterator<Item = C>) -> Result<Self, TemplateError>
    where
        C: TryInto<Self, Error: Into<TemplateError>>,
    {
        nodes(conditions).map(|nodes| Self(Node::Any(nodes)))
    }

    /// The condition must not be met, by a decision of Keto.
    #[expect(clippy::should_implement_trait, reason = "the third of all, any and not")]
    pub fn not(condition: Self) -> Self {
        Self(Node::Not(Box::new(condition.0)))
    }

    /// Whether a template takes values from the path.
    pub(super) fn has_path_parameters(&self) -> bool {
        self.0.any(&Template::has_path_parameters)
    }

    /// The checks for a request, each once.
    pub(super) fn resolve<E>(
        &self,
        subject: Subject,
        tuple: impl Fn(&Template, Subject) -> Result<RelationTuple, E>,
    ) -> Result<Resolved, E> {
        // Most conditions are one relation, for which nothing has to be copied.
        if let Node::One(template) = &self.0 {
            let check = Check::new(tuple(template, subject)?);
            return Ok(Resolved { root: Node::One(0), checks: vec![check] });
        }
        let mut checks = UniqueChecks::default();
        let root = self.0.try_map(&mut |template| {
            tuple(template, subject.clone()).map(|tuple| checks.add(tuple))
        })?;
        Ok(Resolved { root, checks: checks.checks })
    }
}

fn nodes<C>(conditions: impl IntoIterator<Item = C>) -> Result<Vec<Node<Template>>, TemplateError>
where
    C: TryInto<Condition, Error: Into<TemplateError>>,
{
    let conditions = conditions.into_iter().map(|c| c.try_into().map(|c: Condition| c.0));
    let nodes = conditions.collect::<Result<Vec<_>, _>>().map_err(Into::into)?;
    match nodes.is_empty() {
        true => Err(TemplateError { template: String::new(), problem: "it has no condition" }),
        false => Ok(nodes),
    }
}

impl From<Template> for Condition {
    fn from(template: Template) -> Self {
        Self(Node::One(template))
    }
}

impl FromStr for Condition {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        text.parse::<Template>().map(Self::from)
    }
}

impl TryFrom<&str> for Condition {
    type Error = TemplateError;

    fn try_from(text: &str) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl TryFrom<String> for Condition {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

/// Checks without duplicates.
#[derive(Default)]
pub(super) struct UniqueChecks {
    pub(super) checks: Vec<Check>,
    indices: HashMap<RelationTuple, usize>,
}

impl UniqueChecks {
    /// The index of the check of a tuple.
    pub(super) fn add(&mut self, tuple: RelationTuple) -> usize {
        *self.indices.entry(tuple).or_insert_with_key(|tuple| {
            self.checks.push(Check::new(tuple.clone()));
            self.checks.len() - 1
        })
    }
}

/// A condition for one request: each relation is the index of its check.
pub(super) struct Resolved {
    root: Node<usize>,
    pub(super) checks: Vec<Check>,
}

impl Resolved {
    /// Whether the condition is met by the decisions of the checks, or `None` if that depends on a check
    /// without one.
    pub(super) fn decide(&self, decision: impl Fn(usize) -> Option<bool>) -> Option<bool> {
        self.root.decide(&decision)
    }
}

impl<T> Node<T> {
    fn any(&self, is: &impl Fn(&T) -> bool) -> bool {
        match self {
            Self::One(one) => is(one),
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|node| node.any(is)),
            Self::Not(node) => node.any(is),
        }
    }

    fn try_map<U, E>(&self, map: &mut impl FnMut(&T) -> Result<U, E>) -> Result<Node<U>, E> {
        let mut each = |nodes: &[Self]| {
            nodes.iter().map(|node| node.try_map(map)).collect::<Result<Vec<_>, E>>()
        };
        Ok(match self {
            Self::All(nodes) => Node::All(each(nodes)?),
            Self::Any(nodes) => Node::Any(each(nodes)?),
            Self::One(one) => Node::One(map(one)?),
            Self::Not(node) => Node::Not(Box::new(node.try_map(map)?)),
        })
    }
}

impl Node<usize> {
    /// Three-valued logic: what is not known stays so unless the rest decides.
    fn decide(&self, decision: &impl Fn(usize) -> Option<bool>) -> Option<bool> {
        let one_is = |nodes: &[Self], value| {
            let results: Vec<_> = nodes.iter().map(|node| node.decide(decision)).collect();
            match results.contains(&Some(value)) {
                true => Some(value),
                false if results.contains(&None) => None,
                false => Some(!value),
            }
        };
        match self {
            Self::One(index) => decision(*index),
            Self::All(nodes) => one_is(nodes, false),
            Self::Any(nodes) => one_is(nodes, true),
            Self::Not(node) => node.decide(decision).map(|met| !met),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [Option<bool>; 3] = [Some(true), Some(false), None];

    fn resolve(condition: &Condition) -> Resolved {
        let tuple = |template: &Template, subject| {
            Ok::<_, ()>(RelationTuple::new("n", template.to_string(), "r", subject))
        };
        condition.resolve(Subject::id("ann"), tuple).unwrap()
    }

    fn decide(condition: &Condition, decisions: &[Option<bool>]) -> Option<bool> {
        resolve(condition).decide(|index| decisions[index])
    }

    #[test]
    fn an_error_is_no_decision() {
        for a in VALUES {
            for b in VALUES {
                let both = ["n:a#r", "n:b#r"];
                let all = decide(&Condition::all(both).unwrap(), &[a, b]);
                let any = decide(&Condition::any(both).unwrap(), &[a, b]);
                let not = decide(&Condition::not("n:a#r".parse().unwrap()), &[a]);
                // What is decided holds whatever the missing decision would be.
                let possible =
                    |value: Option<bool>| value.map_or(vec![true, false], |one| vec![one]);
                let expect = |f: fn(bool, bool) -> bool| {
                    let results: Vec<_> = possible(a)
                        .into_iter()
                        .flat_map(|a| possible(b).into_iter().map(move |b| f(a, b)))
                        .collect();
                    results.iter().all(|result| *result == results[0]).then_some(results[0])
                };
                assert_eq!(all, expect(|a, b| a && b), "{a:?} {b:?}");
                assert_eq!(any, expect(|a, b| a || b), "{a:?} {b:?}");
                assert_eq!(not, a.map(|a| !a));
            }
        }
    }

    #[test]
    fn each_tuple_is_checked_once() {
        let twice = Condition::any(["n:a#r", "n:b#r", "n:a#r"]).unwrap();
        let nested = Condition::all([twice.clone(), Condition::not(twice)]).unwrap();
        let resolved = resolve(&nested);
        assert_eq!(resolved.checks.len(), 2);
        assert_eq!(resolved.decide(|_| Some(false)), Some(false));
    }

    #[test]
    fn no_condition_is_an_error() {
        assert!(Condition::all(<[&str; 0]>::default()).is_err());
        assert!(Condition::any(<[Condition; 0]>::default()).is_err());
        assert!(Condition::any(["n:a#r", "n:a"]).is_err());
    }
}
