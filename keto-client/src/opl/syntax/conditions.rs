//! The parser of conditions: the expressions of permissions.

use crate::opl::syntax::{
    ast::{Expression, Operand, Operator, TargetKind, Term},
    diagnostic::Diagnostic,
    lexer::TokenKind,
    parser::{Parsed, Parser, unexpected},
    types::Check,
};

/// The maximum number of nested parentheses and negations.
const MAX_NESTING: usize = 10;

impl<'a> Parser<'a> {
    /// The condition of a permission, or `None` if it is empty. Keto ends the permissions of a class
    /// at an empty condition, without an error.
    pub fn condition(&mut self) -> Parsed<Option<Expression>> {
        self.expression(",", MAX_NESTING)
    }

    /// An expression up to its end, which is taken, or to `}`, which is not.
    fn expression(&mut self, end: &'static str, depth: usize) -> Parsed<Option<Expression>> {
        self.check_depth(depth)?;
        let mut expression = Expression::default();
        // Keto rejects a second term without an operator only after a group or a negation.
        let mut accepts_term = true;
        let mut operator = None;
        loop {
            let token = self.peek()?;
            let term = match token.kind {
                TokenKind::Symbol(symbol) if symbol == end => {
                    self.next()?;
                    break;
                }
                TokenKind::Symbol("}") => break,
                TokenKind::Symbol(symbol @ ("&&" | "||")) => {
                    self.next()?;
                    if expression.first.is_none() {
                        return Ok(None);
                    }
                    if operator.is_some() {
                        expression.rest.push(Operand { operator, term: None });
                    }
                    operator = Some(if symbol == "&&" { Operator::And } else { Operator::Or });
                    accepts_term = true;
                    continue;
                }
                TokenKind::Symbol("(") => {
                    self.next()?;
                    let Some(group) = self.expression(")", depth - 1)? else {
                        return Ok(None);
                    };
                    accepts_term = false;
                    Term::Group(Box::new(group))
                }
                TokenKind::Symbol("!") => {
                    self.next()?;
                    accepts_term = false;
                    self.negation(depth - 1)?
                }
                _ if accepts_term => self.term()?,
                _ => {
                    return Err(unexpected("`&&`, `||` or the end of the expression", &token));
                }
            };
            if expression.first.is_none() {
                expression.first = Some(term);
            } else {
                expression.rest.push(Operand { operator, term: Some(term) });
            }
            operator = None;
        }
        if operator.is_some() {
            expression.rest.push(Operand { operator, term: None });
        }
        Ok(expression.first.is_some().then_some(expression))
    }

    fn check_depth(&mut self, depth: usize) -> Parsed<()> {
        if depth > 0 {
            return Ok(());
        }
        let message = format!("parentheses and negations are nested more than {MAX_NESTING} deep");
        Err(Diagnostic::new(message, self.peek()?.span()))
    }

    fn negation(&mut self, depth: usize) -> Parsed<Term> {
        self.check_depth(depth)?;
        if self.peek()?.kind != TokenKind::Symbol("(") {
            return Ok(Term::Not(Box::new(self.term()?)));
        }
        self.next()?;
        let group = self.expression(")", depth - 1)?.unwrap_or_default();
        Ok(Term::Not(Box::new(Term::Group(Box::new(group)))))
    }

    /// `.name` or `["name"]`, where `name` takes the name.
    fn property<T>(&mut self, name: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.peek()?.kind == TokenKind::Symbol("[") {
            self.next()?;
            let name = name(self)?;
            self.expect(&["]"])?;
            Ok(name)
        } else {
            self.expect(&["."])?;
            name(self)
        }
    }

    fn term(&mut self) -> Parsed<Term> {
        self.expect(&["this", "."])?;
        let kind = self.any()?;
        let name = self.property(Self::any)?;
        let has_name = Check::ClassHasRelation { class: self.class, relation: name };
        match kind.text {
            "permits" => {
                self.expect(&["(", "ctx", ")"])?;
                self.checks.push(has_name);
                Ok(Term::Permits { permission: name.text.to_owned() })
            }
            "related" => {
                self.expect(&["."])?;
                let method = self.next()?;
                let relation = name.text.to_owned();
                match method.text {
                    "includes" => {
                        self.expect(&["(", "ctx", ".", "subject", ")"])?;
                        self.checks.push(has_name);
                        Ok(Term::Includes { relation })
                    }
                    "traverse" => {
                        let (kind, target) = self.traversal()?;
                        let class = self.class;
                        self.checks.push(Check::TypesHaveRelation {
                            class,
                            relation: name,
                            target,
                        });
                        self.checks.push(has_name);
                        Ok(Term::Traverse { relation, target: target.to_owned(), kind })
                    }
                    _ => Err(unexpected("`includes` or `traverse`", &method)),
                }
            }
            _ => Err(unexpected("`related` or `permits`", &kind)),
        }
    }

    /// `((p) => p.related.target.includes(ctx.subject))` or `(p => p.permits.target(ctx))`.
    fn traversal(&mut self) -> Parsed<(TargetKind, &'a str)> {
        self.expect(&["("])?;
        let parenthesis =
            self.peek().map_err(Diagnostic::reported_at_start)?.kind == TokenKind::Symbol("(");
        if parenthesis {
            self.next()?;
        }
        let argument = self.any()?;
        if parenthesis {
            self.expect(&[")"])?;
        }
        self.expect(&["=>", argument.text, "."])?;
        let kind = self.next()?;
        match kind.text {
            "related" => {
                let target = self.property(Self::name)?;
                self.expect(&[".", "includes", "(", "ctx", ".", "subject"])?;
                self.optional(&[","])?;
                self.expect(&[")"])?;
                self.optional(&[","])?;
                self.expect(&[")"])?;
                Ok((TargetKind::Relation, target))
            }
            "permits" => {
                let target = self.property(Self::name)?;
                self.expect(&["(", "ctx", ")", ")"])?;
                Ok((TargetKind::Permission, target))
            }
            _ => Err(unexpected("`related` or `permits`", &kind)),
        }
    }
}
