//! The tokens of the Ory Permission Language.

use crate::opl::syntax::diagnostic::Diagnostic;
use std::ops::Range;

/// A token with its text, which is the content of a string literal without its quotes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    pub start: usize,
}

impl Token<'_> {
    pub fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Whether the token can name a class, relation or permission.
    pub fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Identifier | TokenKind::String)
    }

    /// The token in an error message.
    pub fn describe(&self) -> String {
        match self.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::String => format!("the string \"{}\"", self.text),
            TokenKind::Identifier | TokenKind::Keyword => format!("`{}`", self.text),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    Identifier,
    String,
    Keyword,
    Symbol(&'static str),
    End,
}

/// Symbols of two characters come first, because some begin with one of the others.
const SYMBOLS: [&str; 18] =
    ["=>", "||", "&&", ":", ".", "(", ")", "[", "]", "{", "}", "<", ">", "=", ",", ";", "|", "!"];
const KEYWORDS: [&str; 4] = ["class", "implements", "this", "ctx"];
const WHITESPACE: [char; 6] = ['\t', '\n', '\x0B', '\x0C', '\r', ' '];

/// Whether a name can be written without quotes.
pub(super) fn is_identifier(name: &str) -> bool {
    identifier_length(name) == name.len() && !name.is_empty() && !KEYWORDS.contains(&name)
}

fn identifier_length(text: &str) -> usize {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// Reads tokens one at a time, and keeps the comments between them.
pub(super) struct Lexer<'a> {
    source: &'a str,
    position: usize,
    /// The comments that were read, with their delimiters.
    pub comments: Vec<&'a str>,
}

impl<'a> Lexer<'a> {
    pub fn new(source: &'a str) -> Self {
        Self { source, position: 0, comments: Vec::new() }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.position..]
    }

    fn token(&mut self, kind: TokenKind, length: usize) -> Token<'a> {
        let start = self.position;
        self.position += length;
        Token { kind, text: &self.source[start..self.position], start }
    }

    pub fn next(&mut self) -> Result<Token<'a>, Diagnostic> {
        self.skip_whitespace_and_comments()?;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return Ok(self.token(TokenKind::End, 0));
        };
        if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
            return Ok(self.token(TokenKind::Symbol(symbol), symbol.len()));
        }
        if matches!(first, '\'' | '"') {
            return self.string(first);
        }
        match identifier_length(rest) {
            0 => {
                let end = self.position + first.len_utf8();
                let message = if first.is_alphanumeric() {
                    format!(
                        "a name can't contain {first:?} without quotes; names consist of the \
                         letters a to z, digits and underscores"
                    )
                } else {
                    format!("the character {first:?} has no meaning here")
                };
                Err(Diagnostic::new(message, self.position..end))
            }
            length if KEYWORDS.contains(&&rest[..length]) => {
                Ok(self.token(TokenKind::Keyword, length))
            }
            length => Ok(self.token(TokenKind::Identifier, length)),
        }
    }

    fn skip_whitespace_and_comments(&mut self) -> Result<(), Diagnostic> {
        loop {
            let rest = self.rest().trim_start_matches(WHITESPACE);
            self.position = self.source.len() - rest.len();
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(length) = comment.find("*/") else {
                    let start = self.position..self.position + "/*".len();
                    return Err(Diagnostic::new("the comment has no end: `*/` is missing", start));
                };
                length + "/**/".len()
            } else {
                return Ok(());
            };
            self.comments.push(&rest[..length]);
            self.position += length;
        }
    }

    /// A string literal ends at the next quote of its kind: there are no escapes.
    fn string(&mut self, quote: char) -> Result<Token<'a>, Diagnostic> {
        self.position += 1;
        let Some(length) = self.rest().find(quote) else {
            let end = self.rest().find('\n').unwrap_or(self.rest().len());
            let span = self.position..self.position + end;
            return Err(Diagnostic::new(
                format!("the string has no end: {quote} is missing"),
                span,
            ));
        };
        let token = self.token(TokenKind::String, length);
        self.position += 1;
        Ok(token)
    }
}
