//! The abstract syntax tree of a permission model.

use serde::{Deserialize, Serialize};

/// A permission model: the classes of a file in the Ory Permission Language, in order.
///
/// [`Display`](std::fmt::Display) formats it as a file, with its comments, and
/// [`Model::parse`](crate::opl::Model::parse) reads the same model from that file. The language has no
/// escapes: a name with both kinds of quotes, which no file can contain, can't be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The namespaces. If two have the same name, checks use the last.
    pub classes: Vec<Class>,
    /// The comments after the last class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
}

/// A namespace: `class Name implements Namespace { … }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// The comments before the class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// The name of the namespace.
    pub name: String,
    /// The relations and permissions, in order. If two have the same name, the first is used.
    pub members: Vec<Member>,
    /// The comments after the last member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments_at_end: Vec<Comment>,
}

/// A member of a class: an entry of `related` or of `permits`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// An entry of `related`.
    Relation(RelationDeclaration),
    /// An entry of `permits`.
    Permission(PermissionDeclaration),
}

impl Member {
    /// The name of the relation or permission.
    pub fn name(&self) -> &str {
        match self {
            Self::Relation(relation) => &relation.name,
            Self::Permission(permission) => &permission.name,
        }
    }
}

/// An entry of `related`, such as `members: (User | SubjectSet<Group, "members">)[]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationDeclaration {
    /// The comments before and in the declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// The name of the relation.
    pub name: String,
    /// The types of subjects, of which there is at least one.
    pub types: Vec<SubjectType>,
}

/// A type of subjects in a relation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SubjectType {
    /// The namespace of the subjects.
    pub namespace: String,
    /// The relation of `SubjectSet<namespace, "relation">`, or `None` for objects of the namespace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

/// An entry of `permits`: `name: (ctx: Context): boolean => expression`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermissionDeclaration {
    /// The comments before and in the declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<Comment>,
    /// The name of the permission.
    pub name: String,
    /// The condition of the permission.
    pub expression: Expression,
}

/// The terms of a condition with the operators between them.
///
/// Keto reads operators from left to right: `a || b && c` means `(a || b) && c`. In TypeScript it
/// means `a || (b && c)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expression {
    /// The first term. It is absent only in `!()`, which Keto accepts.
    pub first: Option<Term>,
    /// The other terms, each with the operator before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<Operand>,
}

/// An operator and the term after it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Operand {
    /// The operator, or `None` between two terms without one. Keto accepts the latter, and combines
    /// the second term with those before it as the operator before them does, or as `||`.
    pub operator: Option<Operator>,
    /// The term, or `None` between two operators and after the last one, which Keto accepts.
    pub term: Option<Term>,
}

/// A binary operator of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// `||`: any of the operands.
    Or,
    /// `&&`: all of the operands.
    And,
}

impl Operator {
    /// The operator in the language.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
        }
    }
}

/// A term of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// `this.related.relation.includes(ctx.subject)`: the subject has the relation to this object.
    Includes {
        /// A relation of the class.
        relation: String,
    },
    /// `this.permits.permission(ctx)`: the subject has another permission on this object.
    Permits {
        /// A permission of the class. Keto also accepts a relation.
        permission: String,
    },
    /// `this.related.relation.traverse((p) => p.related.target.includes(ctx.subject))`: the subject
    /// has a relation to, or a permission on, an object that has a relation to this one.
    Traverse {
        /// The relation of this class that is followed.
        relation: String,
        /// The relation or permission of the objects that are found.
        target: String,
        /// Whether the target is written as a relation or as a permission. Keto makes no difference.
        kind: TargetKind,
    },
    /// `!` before a term or a group.
    Not(Box<Term>),
    /// An expression in parentheses.
    Group(Box<Expression>),
}

/// How the target of [`Term::Traverse`] is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetKind {
    /// `p.related.target.includes(ctx.subject)`.
    Relation,
    /// `p.permits.target(ctx)`.
    Permission,
}

/// A comment with its delimiters: `// …` or `/* … */`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Comment(pub String);
