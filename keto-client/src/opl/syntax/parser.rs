//! The parser: classes and relations. Conditions of permissions are in `conditions`.
//!
//! It accepts what Keto accepts, also where TypeScript would not.

use crate::opl::syntax::{
    ast::{Class, Comment, Member, Model, PermissionDeclaration, RelationDeclaration, SubjectType},
    diagnostic::{Diagnostic, SyntaxErrors},
    lexer::{Lexer, Token, TokenKind},
    types::{Check, check_types},
};

/// The maximum size of a source in bytes.
pub(super) const MAX_SOURCE_BYTES: usize = 4 << 20;

impl Model {
    /// Parses a model and checks its types, as Keto v26.2.0 does.
    ///
    /// # Errors
    /// Returns the first syntax error, or all type errors: names of namespaces and relations that
    /// are not declared. A source of more than 4 MiB is an error.
    pub fn parse(source: &str) -> Result<Self, SyntaxErrors> {
        if source.len() > MAX_SOURCE_BYTES {
            let message = format!("the source has more than {MAX_SOURCE_BYTES} bytes");
            return Err(SyntaxErrors::new("", vec![Diagnostic::new(message, 0..0)]));
        }
        let mut parser = Parser::new(source);
        let model = parser.model().map_err(|error| SyntaxErrors::new(source, vec![error]))?;
        let errors = check_types(&model, &parser.checks);
        if errors.is_empty() { Ok(model) } else { Err(SyntaxErrors::new(source, errors)) }
    }
}

impl std::str::FromStr for Model {
    type Err = SyntaxErrors;

    fn from_str(source: &str) -> Result<Self, SyntaxErrors> {
        Self::parse(source)
    }
}

pub(super) type Parsed<T> = Result<T, Diagnostic>;

pub(super) struct Parser<'a> {
    lexer: Lexer<'a>,
    lookahead: Option<Token<'a>>,
    ended: bool,
    /// The name of the class that is parsed.
    pub class: &'a str,
    pub checks: Vec<Check<'a>>,
}

pub(super) fn unexpected(expected: &str, token: &Token<'_>) -> Diagnostic {
    Diagnostic::new(format!("expected {expected}, found {}", token.describe()), token.span())
}

impl<'a> Parser<'a> {
    fn new(source: &'a str) -> Self {
        let lexer = Lexer::new(source);
        Self { lexer, lookahead: None, ended: false, class: "", checks: Vec::new() }
    }

    pub fn peek(&mut self) -> Parsed<Token<'a>> {
        let token = self.next()?;
        self.ended = false;
        self.lookahead = Some(token);
        Ok(token)
    }

    pub fn next(&mut self) -> Parsed<Token<'a>> {
        if let Some(token) = self.lookahead.take() {
            self.ended = token.kind == TokenKind::End;
            return Ok(token);
        }
        let token = self.lexer.next()?;
        if self.ended {
            return Err(unexpected("more", &token).reported_at_start());
        }
        self.ended = token.kind == TokenKind::End;
        Ok(token)
    }

    /// Takes any token for a name, as Keto does.
    pub fn any(&mut self) -> Parsed<Token<'a>> {
        self.next().map_err(Diagnostic::reported_at_start)
    }

    /// Takes an identifier or a string literal.
    pub fn name(&mut self) -> Parsed<&'a str> {
        let token = self.next()?;
        if token.is_name() { Ok(token.text) } else { Err(unexpected("a name", &token)) }
    }

    /// Takes tokens with these texts. Keto also accepts them as string literals.
    pub fn expect(&mut self, texts: &[&str]) -> Parsed<()> {
        for text in texts {
            let token = self.next()?;
            if token.text != *text {
                return Err(unexpected(&format!("`{text}`"), &token));
            }
        }
        Ok(())
    }

    /// Takes these tokens if the next one is the first of them.
    pub fn optional(&mut self, texts: &[&str]) -> Parsed<()> {
        if self.peek()?.text == texts[0] { self.expect(texts) } else { Ok(()) }
    }

    fn take_comments(&mut self) -> Vec<Comment> {
        self.lexer.comments.drain(..).map(|text| Comment(text.to_owned())).collect()
    }

    /// Everything outside of classes, such as imports, is ignored.
    fn model(&mut self) -> Parsed<Model> {
        let mut classes = Vec::new();
        loop {
            let token = self.next()?;
            match token.kind {
                TokenKind::End => return Ok(Model { classes, comments: self.take_comments() }),
                TokenKind::Keyword if token.text == "class" => classes.push(self.class()?),
                _ => {}
            }
        }
    }

    fn class(&mut self) -> Parsed<Class> {
        let comments = self.take_comments();
        self.class = self.name()?;
        self.expect(&["implements", "Namespace", "{"])?;
        let mut members = Vec::new();
        loop {
            let token = self.next()?;
            match token.text {
                _ if token.kind == TokenKind::Symbol("}") => break,
                "related" => self.related(&mut members)?,
                "permits" => self.permits(&mut members)?,
                _ if token.kind == TokenKind::Symbol(";") => {}
                _ => return Err(unexpected("`related`, `permits` or `}`", &token)),
            }
        }
        let name = self.class.to_owned();
        Ok(Class { comments, name, members, comments_at_end: self.take_comments() })
    }

    fn related(&mut self, members: &mut Vec<Member>) -> Parsed<()> {
        self.expect(&[":", "{"])?;
        loop {
            let token = self.next()?;
            match token.kind {
                TokenKind::Symbol(";") => {}
                TokenKind::Symbol("}") => return Ok(()),
                _ if token.is_name() => {
                    let mut comments = self.take_comments();
                    self.expect(&[":"])?;
                    let types = self.subject_types()?;
                    comments.extend(self.take_comments());
                    let name = token.text.to_owned();
                    members.push(Member::Relation(RelationDeclaration { comments, name, types }));
                }
                _ => return Err(unexpected("the name of a relation or `}`", &token)),
            }
        }
    }

    /// `Array<A | B>`, `A[]`, `SubjectSet<A, "relation">[]` or `(A | B)[]`.
    fn subject_types(&mut self) -> Parsed<Vec<SubjectType>> {
        let token = self.any()?;
        let types = match token.text {
            "Array" => {
                self.expect(&["<"])?;
                return self.union_of_types(">");
            }
            "SubjectSet" => vec![self.subject_set()?],
            _ if token.kind == TokenKind::Symbol("(") => self.union_of_types(")")?,
            _ => vec![self.namespace_type(token)],
        };
        self.expect(&["[", "]"])?;
        self.optional(&[","])?;
        Ok(types)
    }

    fn union_of_types(&mut self, end: &'static str) -> Parsed<Vec<SubjectType>> {
        let mut types = Vec::new();
        loop {
            let token = self.any()?;
            types.push(match token.text {
                "SubjectSet" => self.subject_set()?,
                _ => self.namespace_type(token),
            });
            let token = self.next()?;
            match token.kind {
                TokenKind::Symbol("|") => {}
                TokenKind::Symbol(symbol) if symbol == end => return Ok(types),
                _ => return Err(unexpected(&format!("`|` or `{end}`"), &token)),
            }
        }
    }

    fn namespace_type(&mut self, namespace: Token<'a>) -> SubjectType {
        self.checks.push(Check::NamespaceExists(namespace));
        SubjectType { namespace: namespace.text.to_owned(), relation: None }
    }

    fn subject_set(&mut self) -> Parsed<SubjectType> {
        self.expect(&["<"])?;
        let namespace = self.any()?;
        self.expect(&[","])?;
        let relation = self.any()?;
        self.expect(&[">"])?;
        self.checks.push(Check::NamespaceHasRelation { namespace, relation });
        let relation = Some(relation.text.to_owned());
        Ok(SubjectType { namespace: namespace.text.to_owned(), relation })
    }

    fn permits(&mut self, members: &mut Vec<Member>) -> Parsed<()> {
        self.expect(&["=", "{"])?;
        loop {
            let token = self.next()?;
            if token.kind == TokenKind::Symbol("}") {
                return Ok(());
            }
            if !token.is_name() {
                return Err(unexpected("the name of a permission or `}`", &token));
            }
            let mut comments = self.take_comments();
            self.expect(&[":", "(", "ctx"])?;
            self.optional(&[":", "Context"])?;
            self.expect(&[")"])?;
            self.optional(&[":", "boolean"])?;
            self.expect(&["=>"])?;
            let Some(expression) = self.condition()? else {
                return Ok(());
            };
            comments.extend(self.take_comments());
            let name = token.text.to_owned();
            members.push(Member::Permission(PermissionDeclaration { comments, name, expression }));
        }
    }
}
