//! The evaluator: checks, expansions and lists over relation tuples in memory.

mod clients;
mod conditions;
pub(super) mod engine;
pub(super) mod error;
mod expand;
pub(super) mod explain;
pub(super) mod limits;
mod list;
pub(super) mod program;
mod recursion;
mod symbols;
mod tuples;

use crate::{
    api::permissions::{Check, Decision},
    model::{query::RelationQuery, tuple::RelationTuple},
    opl::{
        evaluator::{
            engine::{Engine, Membership, RuleCount},
            error::EvaluationError,
            explain::Explanation,
            limits::{KetoBugs, Limits},
            program::{Program, Rule},
            symbols::{RequestSymbols, SubjectKey, Symbols},
            tuples::TupleIndex,
        },
        syntax::ast::Model,
    },
};
use std::collections::{HashMap, HashSet};

/// Evaluates checks over a model and relation tuples in memory, as Keto v26.2.0 answers them without
/// strict mode.
///
/// It also implements [`Permissions`](crate::Permissions),
/// [`BatchPermissions`](crate::BatchPermissions) and [`Expand`](crate::Expand), for code that takes a
/// client.
///
/// ```
/// use keto_client::{Check, Decision, opl::{Evaluator, Model}};
///
/// let model = Model::parse(
///     "class User implements Namespace {}
///      class Document implements Namespace {
///        related: { owners: User[] }
///        permits = { view: (ctx) => this.related.owners.includes(ctx.subject) }
///      }",
/// )?;
/// let tuples = ["Document:report#owners@User:ann".parse()?];
/// let evaluator = Evaluator::new(&model).with_tuples(&tuples);
///
/// let check = Check::new("Document:report#view@User:ann".parse()?);
/// assert_eq!(evaluator.check(&check)?, Decision::Allowed);
/// let explanation = evaluator.explain(&check).to_string();
/// assert!(explanation.ends_with("tuple Document:report#owners@(User:ann)"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator {
    program: Program,
    tuples: TupleIndex,
    limits: Limits,
    bugs: KetoBugs,
}

impl Evaluator {
    /// Creates an evaluator without tuples.
    pub fn new(model: &Model) -> Self {
        let mut tuples = TupleIndex::default();
        let program = Program::compile(model, &mut tuples.symbols);
        Self { program, tuples, limits: Limits::default(), bugs: KetoBugs::default() }
    }

    /// Adds tuples. Their namespaces need not be declared; Keto refuses such tuples.
    #[must_use]
    pub fn with_tuples<'a>(mut self, tuples: impl IntoIterator<Item = &'a RelationTuple>) -> Self {
        tuples.into_iter().for_each(|tuple| self.insert(tuple));
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets which bugs of Keto are reproduced: all of them by default.
    #[must_use]
    pub fn with_keto_bugs(mut self, bugs: KetoBugs) -> Self {
        self.bugs = bugs;
        self
    }

    /// Adds a tuple. As in Keto, a tuple that is added twice is listed twice.
    pub fn insert(&mut self, tuple: &RelationTuple) {
        self.tuples.insert(tuple);
    }

    /// Removes all copies of a tuple.
    pub fn remove(&mut self, tuple: &RelationTuple) {
        self.tuples.remove(tuple);
    }

    /// The tuples that match a query.
    pub fn tuples(&self, query: &RelationQuery) -> Vec<RelationTuple> {
        self.tuples.matching(query)
    }

    /// The terms of all conditions of the model.
    pub fn rules(&self) -> &[Rule] {
        &self.program.rules
    }

    /// Checks a permission. As Keto does, it denies a check whose namespace is not declared.
    ///
    /// # Errors
    /// A check without a decision, such as of a relation that its namespace does not declare.
    pub fn check(&self, check: &Check) -> Result<Decision, EvaluationError> {
        self.run(check, self.bugs, None, false).result
    }

    /// Checks permissions, and returns one result for each check, in the same order.
    pub fn batch_check(&self, checks: &[Check]) -> Vec<Result<Decision, EvaluationError>> {
        checks.iter().map(|check| self.check(check)).collect()
    }

    /// Checks a permission, and returns the path that led to the decision, or the reasons that none
    /// did.
    pub fn explain(&self, check: &Check) -> Explanation {
        let Run { result, engine } = self.run(check, self.bugs, None, true);
        let depends_on_order = engine.order_counts && {
            let in_any_order = self.bugs.shared_visited_sets(false);
            self.run(check, in_any_order, None, false).result != result
        };
        let steps = engine.trace.unwrap_or_default();
        Explanation { tuple: check.tuple.clone(), result, steps, depends_on_order }
    }

    /// Checks a permission, and counts the rules that are evaluated.
    pub(super) fn check_with_coverage(
        &self,
        check: &Check,
        coverage: &mut [RuleCount],
    ) -> Result<Decision, EvaluationError> {
        self.run(check, self.bugs, Some(coverage), false).result
    }

    /// Whether a name is a namespace of the model.
    fn declares(&self, namespace: symbols::Symbol) -> bool {
        self.program.namespaces.contains_key(&namespace)
    }

    fn max_depth(&self, requested: Option<u32>) -> u32 {
        let requested = requested.filter(|depth| *depth > 0);
        requested.map_or(self.limits.max_depth, |depth| depth.min(self.limits.max_depth))
    }

    fn run<'a>(
        &'a self,
        check: &'a Check,
        bugs: KetoBugs,
        coverage: Option<&'a mut [RuleCount]>,
        traced: bool,
    ) -> Run<'a> {
        let mut symbols = RequestSymbols::new(&self.tuples.symbols);
        let (set, subject) = symbols.resolve_tuple(&check.tuple);
        let mut engine = Engine {
            program: &self.program,
            tuples: &self.tuples,
            symbols,
            limits: self.limits,
            bugs,
            subject,
            visited: None,
            started: HashMap::new(),
            memo: HashMap::new(),
            steps: 0,
            nested: 0,
            order_counts: false,
            trace: traced.then(Vec::new),
            coverage,
        };
        let declared = self.declares(set.namespace)
            && match subject {
                SubjectKey::Id(_) => true,
                SubjectKey::Set(set) => self.declares(set.namespace),
            };
        let result = match declared {
            true => engine.check(set, self.max_depth(check.max_depth), false),
            false => Ok(Membership::NotMember),
        };
        let result = result.map(|membership| match membership {
            Membership::Member => Decision::Allowed,
            Membership::NotMember | Membership::Unknown => Decision::Denied,
        });
        Run { result, engine }
    }
}

/// The permissions that are defined by themselves: namespace and name.
pub(super) fn endless_permissions(model: &Model) -> HashSet<(String, String)> {
    let mut symbols = Symbols::default();
    let program = Program::compile(model, &mut symbols);
    let symbols = RequestSymbols::new(&symbols);
    let endless = program.namespaces.iter().flat_map(|(namespace, members)| {
        let endless = members.iter().filter(|(_, condition)| {
            condition.as_ref().is_some_and(|condition| condition.endless_above.is_some())
        });
        endless.map(|(name, _)| (*namespace, *name))
    });
    let name = |symbol| symbols.name(symbol).to_owned();
    endless.map(|(namespace, member)| (name(namespace), name(member))).collect()
}

/// An evaluated check.
struct Run<'a> {
    result: Result<Decision, EvaluationError>,
    engine: Engine<'a>,
}
