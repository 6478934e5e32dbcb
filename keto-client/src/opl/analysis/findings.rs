//! Findings in a model.

use crate::opl::{
    analysis::{
        expressions::{evaluate, for_each_term, is_incomplete, mixes_operators},
        possible::Possible,
    },
    evaluator::endless_permissions,
    syntax::ast::{Class, Member, Model, PermissionDeclaration, Term},
};
use serde::Serialize;
use std::{collections::HashSet, fmt};

/// Something in a valid model that is probably a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The namespace.
    pub namespace: String,
    /// The relation or permission, or `None` if the finding is about the namespace.
    pub member: Option<String>,
    /// What was found.
    pub kind: FindingKind,
}

/// The kind of a [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// Nobody can have the permission, with any tuples of the declared types.
    NobodyCanHave,
    /// Anybody has the permission on an object without tuples, also on objects that do not exist.
    AnybodyHas,
    /// No permission and no type uses the relation.
    UnusedRelation,
    /// The condition has a negation: the deletion of a tuple can allow the permission.
    OpenedByDeletion {
        /// The negated term.
        negated: String,
    },
    /// The condition has `&&` and `||` without parentheses. Keto reads them from left to right, and
    /// TypeScript reads `&&` first.
    MixedOperators,
    /// The condition lacks an operator or an operand. Keto accepts it, and TypeScript does not.
    IncompleteExpression,
    /// The permission refers to itself on the same object in an operand of `&&` or `!`, so that a
    /// check of it never ends in Keto.
    EndlessRecursion,
    /// The name is declared before. Of a member, the first declaration counts, and of a namespace, the
    /// last.
    DeclaredTwice,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.namespace)?;
        if let Some(member) = &self.member {
            write!(f, ".{member}")?;
        }
        match &self.kind {
            FindingKind::NobodyCanHave => f.write_str(": nobody can have this permission"),
            FindingKind::AnybodyHas => f.write_str(
                ": anybody has this permission on an object without tuples, because a negation is \
                 enough",
            ),
            FindingKind::UnusedRelation => f.write_str(": no permission uses this relation"),
            FindingKind::OpenedByDeletion { negated } => {
                write!(f, ": the deletion of a tuple can allow this permission, by !{negated}")
            }
            FindingKind::MixedOperators => f.write_str(
                ": Keto reads && and || from left to right, and TypeScript reads && first; \
                 parentheses make both the same",
            ),
            FindingKind::IncompleteExpression => {
                f.write_str(": an operator or an operand is missing")
            }
            FindingKind::EndlessRecursion => {
                f.write_str(": the permission is defined by itself, and a check never ends in Keto")
            }
            FindingKind::DeclaredTwice => f.write_str(": the name is declared twice"),
        }
    }
}

impl Model {
    /// Returns what is probably a mistake, in the order of the declarations.
    ///
    /// ```
    /// use keto_client::opl::{FindingKind, Model};
    ///
    /// let model = Model::parse(
    ///     "class Page implements Namespace {
    ///        related: { blocked: Page[] }
    ///        permits = { read: (ctx) => !this.related.blocked.includes(ctx.subject) }
    ///      }",
    /// )?;
    /// assert_eq!(model.analyze()[0].kind, FindingKind::AnybodyHas);
    /// # Ok::<(), keto_client::opl::SyntaxErrors>(())
    /// ```
    pub fn analyze(&self) -> Vec<Finding> {
        let possible = Possible::of(self);
        let used = used_names(self);
        let endless = endless_permissions(self);
        let mut findings = Vec::new();
        let mut classes = HashSet::new();
        for class in &self.classes {
            let mut add = |member: Option<&str>, kind| {
                let member = member.map(str::to_owned);
                findings.push(Finding { namespace: class.name.clone(), member, kind });
            };
            if !classes.insert(&class.name) {
                add(None, FindingKind::DeclaredTwice);
            }
            let mut members = HashSet::new();
            for member in &class.members {
                let name = member.name();
                if !members.insert(name) {
                    add(Some(name), FindingKind::DeclaredTwice);
                }
                match member {
                    Member::Relation(_) if !used.contains(&(&class.name, name)) => {
                        add(Some(name), FindingKind::UnusedRelation);
                    }
                    Member::Relation(_) => {}
                    Member::Permission(permission) => {
                        if !possible.contains(&class.name, name) {
                            add(Some(name), FindingKind::NobodyCanHave);
                        }
                        let is_endless = endless.contains(&(class.name.clone(), name.to_owned()));
                        if is_endless {
                            add(Some(name), FindingKind::EndlessRecursion);
                        }
                        for kind in of_condition(permission, &possible, class) {
                            add(Some(name), kind);
                        }
                    }
                }
            }
        }
        findings
    }
}

fn of_condition(
    permission: &PermissionDeclaration,
    possible: &Possible<'_>,
    class: &Class,
) -> Vec<FindingKind> {
    let mut found = Vec::new();
    let without_tuples = &mut |term: &Term| matches!(term, Term::Not(_));
    if possible.contains(&class.name, &permission.name)
        && evaluate(&permission.expression, without_tuples)
    {
        found.push(FindingKind::AnybodyHas);
    }
    let mut groups = vec![&permission.expression];
    for_each_term(&permission.expression, &mut |term| match term {
        Term::Not(negated) => {
            found.push(FindingKind::OpenedByDeletion { negated: negated.to_string() });
        }
        Term::Group(group) => groups.push(group),
        _ => {}
    });
    if groups.iter().any(|group| mixes_operators(group)) {
        found.push(FindingKind::MixedOperators);
    }
    if groups.iter().any(|group| is_incomplete(group)) {
        found.push(FindingKind::IncompleteExpression);
    }
    found
}

/// The relations and permissions that conditions and types name.
fn used_names(model: &Model) -> HashSet<(&str, &str)> {
    let mut used = HashSet::new();
    let mut targets = HashSet::new();
    for class in &model.classes {
        for member in &class.members {
            match member {
                Member::Relation(relation) => {
                    used.extend(relation.types.iter().filter_map(|subject| {
                        Some((&*subject.namespace, subject.relation.as_deref()?))
                    }));
                }
                Member::Permission(permission) => {
                    for_each_term(&permission.expression, &mut |term| match term {
                        Term::Includes { relation: name } | Term::Permits { permission: name } => {
                            used.insert((&class.name, name));
                        }
                        Term::Traverse { relation, target, .. } => {
                            used.insert((&class.name, relation));
                            targets.insert(&**target);
                        }
                        Term::Not(_) | Term::Group(_) => {}
                    });
                }
            }
        }
    }
    let named_as_target = model.classes.iter().flat_map(|class| {
        let names = class.members.iter().map(Member::name);
        names.filter(|name| targets.contains(name)).map(|name| (&*class.name, name))
    });
    used.extend(named_as_target.collect::<Vec<_>>());
    used
}
