//! Findings in tuples: Keto accepts any subject in any relation.

use crate::{
    model::{subject::Subject, tuple::RelationTuple},
    opl::{
        analysis::expressions::for_each_term,
        evaluator::explain::tuple_text,
        syntax::ast::{Member, Model, SubjectType, Term},
    },
};
use std::fmt;

/// A tuple that does not fit a model. Keto stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TupleFinding {
    /// The tuple.
    pub tuple: RelationTuple,
    /// What does not fit.
    pub kind: TupleFindingKind,
}

/// The kind of a [`TupleFinding`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TupleFindingKind {
    /// The namespace of the object or of the subject is not declared. Keto refuses the tuple.
    UnknownNamespace {
        /// The namespace.
        namespace: String,
    },
    /// The namespace does not declare the relation. A check that reaches it fails.
    UnknownRelation {
        /// The namespace.
        namespace: String,
        /// The relation.
        relation: String,
    },
    /// The relation is a permission, which has a condition in place of tuples.
    Permission,
    /// The subject is a subject id, but a permission looks for objects in the relation, which a
    /// subject id never is.
    IdWhereObjectsAreFollowed {
        /// The permission.
        permission: String,
    },
    /// The subject is a subject id, but the relation declares subject sets only.
    IdWhereSetIsDeclared {
        /// The declared types.
        declared: Vec<SubjectType>,
    },
    /// The subject is of none of the declared types.
    UndeclaredType {
        /// The declared types.
        declared: Vec<SubjectType>,
    },
}

impl fmt::Display for TupleFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = |declared: &[SubjectType]| {
            declared.iter().map(SubjectType::to_string).collect::<Vec<_>>().join(" | ")
        };
        write!(f, "{}: ", tuple_text(&self.tuple))?;
        match &self.kind {
            TupleFindingKind::UnknownNamespace { namespace } => {
                write!(f, "the namespace `{namespace}` is not declared")
            }
            TupleFindingKind::UnknownRelation { namespace, relation } => {
                write!(f, "the namespace `{namespace}` has no relation `{relation}`")
            }
            TupleFindingKind::Permission => f.write_str("the relation is a permission"),
            TupleFindingKind::IdWhereObjectsAreFollowed { permission } => write!(
                f,
                "the permission `{permission}` looks for objects in this relation, and the subject \
                 is an id"
            ),
            TupleFindingKind::IdWhereSetIsDeclared { declared } => {
                write!(f, "the subject is an id, and the model declares {}", types(declared))
            }
            TupleFindingKind::UndeclaredType { declared } => {
                write!(f, "the subject is none of {}", types(declared))
            }
        }
    }
}

impl Model {
    /// Returns the tuples that do not fit the model.
    ///
    /// ```
    /// use keto_client::opl::Model;
    ///
    /// let model = Model::parse(
    ///     "class Folder implements Namespace {
    ///        related: { parents: Folder[], viewers: Folder[] }
    ///        permits = { view: (ctx) => this.related.parents.traverse((p) => p.permits.view(ctx)) }
    ///      }",
    /// )?;
    /// let findings = model.analyze_tuples(&["Folder:plans#parents@company".parse()?]);
    /// assert_eq!(
    ///     findings[0].to_string(),
    ///     "Folder:plans#parents@company: the permission `view` looks for objects in this relation, \
    ///      and the subject is an id"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn analyze_tuples<'a>(
        &self,
        tuples: impl IntoIterator<Item = &'a RelationTuple>,
    ) -> Vec<TupleFinding> {
        let finding = |tuple: &RelationTuple| {
            let kind = self.analyze_tuple(tuple)?;
            Some(TupleFinding { tuple: tuple.clone(), kind })
        };
        tuples.into_iter().filter_map(finding).collect()
    }

    fn analyze_tuple(&self, tuple: &RelationTuple) -> Option<TupleFindingKind> {
        let (namespace, relation) = (tuple.namespace.as_str(), tuple.relation.as_str());
        let members = match self.members(namespace) {
            Some([]) => return None,
            Some(members) => members,
            None => return Some(unknown_namespace(namespace)),
        };
        if let Subject::Set(set) = &tuple.subject {
            let (namespace, relation) = (set.namespace.as_str(), set.relation.as_str());
            match self.members(namespace) {
                None => return Some(unknown_namespace(namespace)),
                Some(members) if !relation.is_empty() && !members.is_empty() => {
                    if members.iter().all(|member| member.name() != relation) {
                        return Some(unknown_relation(namespace, relation));
                    }
                }
                Some(_) => {}
            }
        }
        let declared = match members.iter().find(|member| member.name() == relation) {
            None => return Some(unknown_relation(namespace, relation)),
            Some(Member::Permission(_)) => return Some(TupleFindingKind::Permission),
            Some(Member::Relation(declaration)) => &declaration.types,
        };
        match &tuple.subject {
            Subject::Id(_) => {
                if let Some(permission) = follower(members, relation) {
                    let permission = permission.to_owned();
                    return Some(TupleFindingKind::IdWhereObjectsAreFollowed { permission });
                }
                let sets_only = declared.iter().all(|subject| subject.relation.is_some());
                let declared = declared.clone();
                sets_only.then_some(TupleFindingKind::IdWhereSetIsDeclared { declared })
            }
            Subject::Set(set) => {
                let fits = declared.iter().any(|subject| {
                    subject.namespace == set.namespace.as_str()
                        && subject.relation.as_deref().unwrap_or("") == set.relation.as_str()
                });
                let declared = declared.clone();
                (!fits).then_some(TupleFindingKind::UndeclaredType { declared })
            }
        }
    }

    fn members(&self, namespace: &str) -> Option<&[Member]> {
        let class = self.classes.iter().rfind(|class| class.name == namespace);
        class.map(|class| &*class.members)
    }
}

fn unknown_namespace(namespace: &str) -> TupleFindingKind {
    TupleFindingKind::UnknownNamespace { namespace: namespace.to_owned() }
}

fn unknown_relation(namespace: &str, relation: &str) -> TupleFindingKind {
    let (namespace, relation) = (namespace.to_owned(), relation.to_owned());
    TupleFindingKind::UnknownRelation { namespace, relation }
}

/// A permission that follows the objects of a relation.
fn follower<'a>(members: &'a [Member], relation: &str) -> Option<&'a str> {
    members.iter().find_map(|member| match member {
        Member::Relation(_) => None,
        Member::Permission(permission) => {
            let mut follows = false;
            for_each_term(&permission.expression, &mut |term| {
                follows |=
                    matches!(term, Term::Traverse { relation: name, .. } if name == relation);
            });
            follows.then_some(&*permission.name)
        }
    })
}
