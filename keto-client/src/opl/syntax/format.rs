//! The formatter: a model as a file.

use crate::opl::syntax::{
    ast::{
        Class, Comment, Expression, Member, Model, Operand, PermissionDeclaration,
        RelationDeclaration, SubjectType, TargetKind, Term,
    },
    lexer::is_identifier,
};
use std::fmt::{self, Display, Formatter};

impl Display for Model {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let members = || self.classes.iter().flat_map(|class| &class.members);
        let has_sets = members().any(|member| match member {
            Member::Relation(relation) => relation.types.iter().any(|t| t.relation.is_some()),
            Member::Permission(_) => false,
        });
        let has_permissions = members().any(|member| matches!(member, Member::Permission(_)));
        let imports = [("Namespace", true), ("SubjectSet", has_sets), ("Context", has_permissions)];
        let imports: Vec<_> =
            imports.into_iter().filter_map(|(name, used)| used.then_some(name)).collect();
        writeln!(f, "import {{ {} }} from \"@ory/keto-namespace-types\"", imports.join(", "))?;
        for class in &self.classes {
            write!(f, "\n{class}")?;
        }
        if !self.comments.is_empty() {
            writeln!(f)?;
        }
        comments(f, &self.comments, "")
    }
}

fn comments(f: &mut Formatter<'_>, comments: &[Comment], indent: &str) -> fmt::Result {
    comments.iter().try_for_each(|Comment(text)| writeln!(f, "{indent}{text}"))
}

impl Display for Class {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        comments(f, &self.comments, "")?;
        write!(f, "class {} implements Namespace {{", Name(&self.name))?;
        if self.members.is_empty() && self.comments_at_end.is_empty() {
            return writeln!(f, "}}");
        }
        writeln!(f)?;
        let same_kind =
            |a: &Member, b: &Member| std::mem::discriminant(a) == std::mem::discriminant(b);
        for (index, block) in self.members.chunk_by(same_kind).enumerate() {
            let blank = if index > 0 { "\n" } else { "" };
            let keyword = match block[0] {
                Member::Relation(_) => "related:",
                Member::Permission(_) => "permits =",
            };
            writeln!(f, "{blank}  {keyword} {{")?;
            for member in block {
                match member {
                    Member::Relation(relation) => write!(f, "{relation}")?,
                    Member::Permission(permission) => write!(f, "{permission}")?,
                }
            }
            writeln!(f, "  }}")?;
        }
        comments(f, &self.comments_at_end, "  ")?;
        writeln!(f, "}}")
    }
}

impl Display for RelationDeclaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        comments(f, &self.comments, "    ")?;
        write!(f, "    {}: ", Name(&self.name))?;
        match &*self.types {
            // `Array[]` is the start of `Array<…>` to the parser.
            [one] if one.namespace != "Array" || one.relation.is_some() => writeln!(f, "{one}[]"),
            types => {
                let types: Vec<_> = types.iter().map(SubjectType::to_string).collect();
                writeln!(f, "({})[]", types.join(" | "))
            }
        }
    }
}

impl Display for SubjectType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.relation {
            None => write!(f, "{}", Name(&self.namespace)),
            Some(relation) => {
                write!(f, "SubjectSet<{}, {}>", Name(&self.namespace), Quoted(relation))
            }
        }
    }
}

/// The width at which a condition is broken into lines at its operators.
const MAX_WIDTH: usize = 100;

impl Display for PermissionDeclaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        comments(f, &self.comments, "    ")?;
        let head = format!("    {}: (ctx: Context): boolean =>", Name(&self.name));
        let line = format!("{head} {},", self.expression);
        if line.chars().count() <= MAX_WIDTH || self.expression.rest.is_empty() {
            return writeln!(f, "{line}");
        }
        write!(f, "{head}")?;
        if let Some(first) = &self.expression.first {
            write!(f, "\n      {first}")?;
        }
        for operand in &self.expression.rest {
            write!(f, "{}\n     {}", Infix(operand), Right(operand))?;
        }
        writeln!(f, ",")
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(first) = &self.first {
            write!(f, "{first}")?;
        }
        self.rest.iter().try_for_each(|operand| write!(f, "{}{}", Infix(operand), Right(operand)))
    }
}

/// The operator of an operand, with a space before it.
struct Infix<'a>(&'a Operand);

impl Display for Infix<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.operator.map_or(Ok(()), |operator| write!(f, " {}", operator.as_str()))
    }
}

/// The term of an operand, with a space before it.
struct Right<'a>(&'a Operand);

impl Display for Right<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.term.as_ref().map_or(Ok(()), |term| write!(f, " {term}"))
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Includes { relation } => {
                write!(f, "this.related{}.includes(ctx.subject)", Property(relation))
            }
            Self::Permits { permission } => write!(f, "this.permits{}(ctx)", Property(permission)),
            Self::Traverse { relation, target, kind } => {
                write!(f, "this.related{}.traverse((p) => p", Property(relation))?;
                match kind {
                    TargetKind::Relation => {
                        write!(f, ".related{}.includes(ctx.subject))", Property(target))
                    }
                    TargetKind::Permission => write!(f, ".permits{}(ctx))", Property(target)),
                }
            }
            Self::Not(term) => write!(f, "!{term}"),
            Self::Group(expression) => write!(f, "({expression})"),
        }
    }
}

/// A name, in quotes if it is not an identifier. The language has no escapes: a name with both
/// quotes can't be written, and no parsed model has one.
struct Name<'a>(&'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_identifier(self.0) { f.write_str(self.0) } else { Quoted(self.0).fmt(f) }
    }
}

struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let quote = if self.0.contains('"') { '\'' } else { '"' };
        write!(f, "{quote}{}{quote}", self.0)
    }
}

/// `.name` or `["name"]`.
struct Property<'a>(&'a str);

impl Display for Property<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_identifier(self.0) {
            write!(f, ".{}", self.0)
        } else {
            write!(f, "[{}]", Quoted(self.0))
        }
    }
}
