//! The type checks of a model: names that it uses must be declared.

use crate::opl::syntax::{
    ast::{Class, Member, Model},
    diagnostic::Diagnostic,
    lexer::Token,
};
use std::collections::{HashMap, HashSet};

/// A check that is made once all classes are parsed.
pub(super) enum Check<'a> {
    NamespaceExists(Token<'a>),
    NamespaceHasRelation {
        namespace: Token<'a>,
        relation: Token<'a>,
    },
    ClassHasRelation {
        class: &'a str,
        relation: Token<'a>,
    },
    /// All subjects of a relation can be asked for the target of a traversal.
    TypesHaveRelation {
        class: &'a str,
        relation: Token<'a>,
        target: &'a str,
    },
}

/// The maximum number of subject sets in subject sets that a check follows.
const MAX_DEPTH: usize = 10;

/// The maximum number of errors that are reported.
const MAX_ERRORS: usize = 100;

pub(super) fn check_types<'a>(model: &'a Model, checks: &[Check<'a>]) -> Vec<Diagnostic> {
    let mut types =
        Types { namespaces: HashMap::new(), errors: Vec::new(), verified: HashSet::new() };
    for class in &model.classes {
        types.namespaces.entry(&class.name).or_insert_with(|| Members::of(class));
    }
    for check in checks {
        if types.errors.len() >= MAX_ERRORS {
            break;
        }
        types.check(check);
    }
    types.errors
}

/// The members of a class by name. Of several with one name, the first counts.
struct Members<'a>(HashMap<&'a str, &'a Member>);

impl<'a> Members<'a> {
    fn of(class: &'a Class) -> Self {
        let mut members = HashMap::new();
        for member in &class.members {
            members.entry(member.name()).or_insert(member);
        }
        Self(members)
    }
}

struct Types<'a> {
    namespaces: HashMap<&'a str, Members<'a>>,
    errors: Vec<Diagnostic>,
    /// The relations that were visited without an error: class, relation, target and depth. A model
    /// can make Keto visit one of them exponentially often.
    verified: HashSet<(&'a str, &'a str, &'a str, usize)>,
}

impl<'a> Types<'a> {
    fn error(&mut self, at: &Token<'_>, message: String) {
        let error = Diagnostic::new(message, at.span());
        if self.errors.last() != Some(&error) {
            self.errors.push(error);
        }
    }

    fn check(&mut self, check: &Check<'a>) {
        match check {
            Check::NamespaceExists(namespace) => {
                self.namespace(namespace.text, namespace);
            }
            Check::NamespaceHasRelation { namespace, relation } => {
                if self.namespace(namespace.text, namespace) {
                    self.member(namespace.text, relation.text, relation);
                }
            }
            Check::ClassHasRelation { class, relation } => {
                self.member(class, relation.text, relation);
            }
            Check::TypesHaveRelation { class, relation, target } => {
                self.types_have((class, relation.text, target, MAX_DEPTH), relation);
            }
        }
    }

    fn namespace(&mut self, name: &str, at: &Token<'_>) -> bool {
        let declared = self.namespaces.contains_key(name);
        if !declared {
            let hint = hint(name, self.namespaces.keys().copied());
            self.error(at, format!("the namespace `{name}` is not declared{hint}"));
        }
        declared
    }

    fn member(&mut self, class: &str, name: &str, at: &Token<'_>) -> Option<&'a Member> {
        let members = self.namespaces.get(class).map(|members| &members.0);
        let found = members.and_then(|members| members.get(name).copied());
        if found.is_none() {
            let hint = hint(name, members.into_iter().flat_map(|members| members.keys().copied()));
            let message = format!("the namespace `{class}` has no relation or permission `{name}`");
            self.error(at, format!("{message}{hint}"));
        }
        found
    }

    fn types_have(&mut self, visited: (&'a str, &'a str, &'a str, usize), at: &Token<'_>) {
        let (class, relation, target, depth) = visited;
        if self.verified.contains(&visited) || self.errors.len() >= MAX_ERRORS {
            return;
        }
        let errors = self.errors.len();
        let Some(Member::Relation(declaration)) = self.member(class, relation, at) else {
            return;
        };
        for subject in &declaration.types {
            match subject.relation.as_deref().unwrap_or_default() {
                "" => {
                    self.member(&subject.namespace, target, at);
                }
                _ if depth == 0 => {
                    self.error(at, "the subject sets are nested too deep to check".to_owned());
                }
                relation => {
                    self.types_have((&subject.namespace, relation, target, depth - 1), at);
                }
            }
        }
        if self.errors.len() == errors {
            self.verified.insert(visited);
        }
    }
}

/// The maximum number of names, and of bytes in each, that a misspelled name is compared with: the
/// time grows with all three.
const MAX_COMPARED: usize = 1000;
const MAX_COMPARED_LENGTH: usize = 100;

/// The declared name that is most similar, if one is.
fn hint<'a>(name: &str, declared: impl Iterator<Item = &'a str>) -> String {
    let is_short = |name: &&str| name.len() <= MAX_COMPARED_LENGTH;
    let declared: Vec<_> = declared.filter(is_short).take(MAX_COMPARED + 1).collect();
    if declared.len() > MAX_COMPARED || !is_short(&name) {
        return String::new();
    }
    let similarity = |declared: &&str| strsim::normalized_damerau_levenshtein(name, declared);
    let similar = declared.into_iter().filter(|declared| similarity(declared) >= 0.5);
    // Names that are equally similar are put in order, so that the message is always the same.
    let best = similar.max_by(|a, b| similarity(a).total_cmp(&similarity(b)).then(b.cmp(a)));
    best.map(|best| format!("; did you mean `{best}`?")).unwrap_or_default()
}
