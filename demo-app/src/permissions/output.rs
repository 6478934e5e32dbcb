//! How results are printed.

use clap::ValueEnum;
use comfy_table::{Table, presets::NOTHING};
use keto_client::{RelationTuple, Subject};
use serde_json::Value;
use std::io::{Result, Write};

/// The format of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text and tables
    #[default]
    Table,
    /// JSON
    Json,
}

/// Where results go: the standard output, with colours if it is a terminal.
#[derive(Debug)]
pub(super) struct Output {
    format: Option<Format>,
}

impl Output {
    pub(super) fn new(format: Format, quiet: bool) -> Self {
        Self { format: (!quiet).then_some(format) }
    }

    /// Prints a result as text or as JSON, or nothing if output is quiet.
    pub(super) fn result(&self, text: &str, json: &Value) -> Result<()> {
        match self.format {
            None => Ok(()),
            Some(Format::Table) => line(text),
            Some(Format::Json) => line(&json.to_string()),
        }
    }

    /// Prints relation tuples; one in each line if output is quiet.
    pub(super) fn tuples(&self, tuples: &[RelationTuple]) -> Result<()> {
        match self.format {
            None => tuples.iter().try_for_each(|tuple| line(&text_or_json(tuple))),
            Some(Format::Json) => line(&serde_json::json!({"relation_tuples": tuples}).to_string()),
            Some(Format::Table) => {
                let mut table = Table::new();
                table.load_style(NOTHING);
                table.set_header(["NAMESPACE", "OBJECT", "RELATION", "SUBJECT"]);
                for RelationTuple { namespace, object, relation, subject } in tuples {
                    let subject = subject_text(subject);
                    let cells = [namespace.as_str(), object.as_str(), relation.as_str(), &subject];
                    table.add_row(cells.map(printable));
                }
                for column in table.column_iter_mut() {
                    column.set_padding((0, 1));
                }
                line(&table.trim_fmt())
            }
        }
    }
}

/// Prints a line. An error of the standard output, such as a closed pipe, is returned.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut stdout = anstream::stdout().lock();
    writeln!(stdout, "{text}")
}

/// The text of a tuple, or its JSON if the text would be another tuple's. `document` reads both.
pub(crate) fn text_or_json(tuple: &RelationTuple) -> String {
    match tuple.try_to_string() {
        Ok(text) if !text.contains(char::is_control) => text,
        _ => serde_json::json!(tuple).to_string(),
    }
}

/// The text of a subject, or its JSON if the text would be another subject's.
pub(crate) fn subject_text(subject: &Subject) -> String {
    subject.try_to_string().unwrap_or_else(|_| serde_json::json!(subject).to_string())
}

/// A name without the characters that control a terminal.
fn printable(name: &str) -> String {
    name.chars()
        .flat_map(|c| match c.is_control() {
            true => c.escape_default().collect::<Vec<_>>(),
            false => vec![c],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tuple_without_a_text_form_is_printed_as_json() {
        let plain = RelationTuple::new("app", "homepage", "read", Subject::id("ann"));
        assert_eq!(text_or_json(&plain), "app:homepage#read@ann");
        let ambiguous = RelationTuple::new("app", "homepage", "read", Subject::id("User:ann"));
        assert!(text_or_json(&ambiguous).starts_with('{'));
        let lines = RelationTuple::new("app", "a\nb", "read", Subject::id("ann"));
        assert_eq!(text_or_json(&lines).lines().count(), 1);
        assert_eq!(printable("a\u{1b}[31m"), "a\\u{1b}[31m");
    }
}
