//! The syntax of the Ory Permission Language: parser, type checks and formatter.

pub(crate) mod ast;
mod conditions;
pub(crate) mod diagnostic;
mod format;
mod lexer;
mod parser;
mod types;
