//! Files of relation tuples: YAML, JSON, CSV and text.

use super::output::text_or_json;
use clap::ValueEnum;
use keto_client::{RelationTuple, RelationshipPatch, Subject};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    io::Read,
    path::{Path, PathBuf},
};

/// The format of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FileFormat {
    /// A list of tuples, each as text or with the fields of Keto's JSON
    #[default]
    Yaml,
    /// The same as JSON; also the responses and patches of Keto's API
    Json,
    /// The columns namespace, object, relation, `subject_id`, `subject_set.namespace`,
    /// `subject_set.object` and `subject_set.relation`
    Csv,
    /// A tuple in each line, as text or as JSON; lines that start with // are comments
    Text,
}

/// The problem with a file.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub(super) struct DocumentError {
    path: PathBuf,
    problem: String,
}

/// Reads the changes that a file asks for: a tuple is to exist, and the entry
/// `{"action": "delete", "relation_tuple": …}` is not to exist. `-` is the standard input.
pub(super) fn read(
    path: &Path,
    format: Option<FileFormat>,
) -> Result<Vec<RelationshipPatch>, DocumentError> {
    let wrong = |problem: String| DocumentError { path: path.to_owned(), problem };
    let format = format.or_else(|| by_extension(path)).ok_or_else(|| {
        wrong("its format is not known by its extension; name it by --as".to_owned())
    })?;
    let text = match path.to_str() {
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        }
        _ => std::fs::read_to_string(path),
    };
    let text = text.map_err(|error| wrong(error.to_string()))?;
    parse(text.trim_start_matches('\u{feff}'), format).map_err(wrong)
}

fn by_extension(path: &Path) -> Option<FileFormat> {
    match path.extension()?.to_str()? {
        "yaml" | "yml" => Some(FileFormat::Yaml),
        "json" => Some(FileFormat::Json),
        "csv" => Some(FileFormat::Csv),
        "txt" => Some(FileFormat::Text),
        _ => None,
    }
}

fn parse(text: &str, format: FileFormat) -> Result<Vec<RelationshipPatch>, String> {
    match format {
        FileFormat::Json => entries(serde_json::from_str(text).map_err(|e| e.to_string())?),
        FileFormat::Yaml => entries(serde_saphyr::from_str(text).map_err(|e| e.to_string())?),
        FileFormat::Csv => rows(text),
        FileFormat::Text => {
            let lines = text.lines().map(str::trim).enumerate();
            let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("//"));
            lines
                .map(|(index, line)| {
                    match line.starts_with('{') {
                        true => serde_json::from_str(line)
                            .map_err(|error| error.to_string())
                            .and_then(change),
                        false => change(line.into()),
                    }
                    .map_err(|problem| format!("line {}: {problem}", index + 1))
                })
                .collect()
        }
    }
}

/// The entries of a list, of an object with the list `relation_tuples` or, as a file of permission
/// tests, `tuples`; or the one tuple.
fn entries(document: Value) -> Result<Vec<RelationshipPatch>, String> {
    let list = match document {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        Value::Object(mut fields) => {
            match fields.remove("relation_tuples").or_else(|| fields.remove("tuples")) {
                Some(Value::Array(list)) => list,
                Some(_) => return Err("the relation tuples are not a list".to_owned()),
                None => vec![Value::Object(fields)],
            }
        }
        _ => return Err("it is not a list of relation tuples".to_owned()),
    };
    let entry =
        |(index, entry)| change(entry).map_err(|problem| format!("entry {}: {problem}", index + 1));
    list.into_iter().enumerate().map(entry).collect()
}

fn change(entry: Value) -> Result<RelationshipPatch, String> {
    let Value::Object(mut fields) = entry else {
        return tuple(entry).map(RelationshipPatch::Insert);
    };
    let Some(action) = fields.remove("action") else {
        return tuple(fields.into()).map(RelationshipPatch::Insert);
    };
    let changed = tuple(fields.remove("relation_tuple").unwrap_or_default())?;
    match action.as_str() {
        Some("insert") => Ok(RelationshipPatch::Insert(changed)),
        Some("delete") => Ok(RelationshipPatch::Delete(changed)),
        _ => Err(format!("the action {action} is neither \"insert\" nor \"delete\"")),
    }
}

fn tuple(entry: Value) -> Result<RelationTuple, String> {
    let tuple = match entry {
        Value::String(text) => text.parse().map_err(|error| format!("{text:?}: {error}"))?,
        other => serde_json::from_value(other).map_err(|error| error.to_string())?,
    };
    complete(tuple)
}

/// A name that is left out would be read as any name by Keto v0.7.
fn complete(tuple: RelationTuple) -> Result<RelationTuple, String> {
    let mut names = vec![
        ("namespace", tuple.namespace.as_str()),
        ("object", tuple.object.as_str()),
        ("relation", tuple.relation.as_str()),
    ];
    match &tuple.subject {
        Subject::Id(id) => names.push(("subject", id.as_str())),
        Subject::Set(set) => {
            names.push(("namespace of the subject set", set.namespace.as_str()));
            names.push(("object of the subject set", set.object.as_str()));
        }
    }
    match names.iter().find(|(_, name)| name.is_empty()) {
        Some((part, _)) => Err(format!("the {part} is empty or missing")),
        None => Ok(tuple),
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Row {
    namespace: String,
    object: String,
    relation: String,
    subject_id: String,
    #[serde(rename = "subject_set.namespace")]
    set_namespace: String,
    #[serde(rename = "subject_set.object")]
    set_object: String,
    #[serde(rename = "subject_set.relation")]
    set_relation: String,
}

impl Row {
    fn new(tuple: &RelationTuple) -> Self {
        let mut row = Self {
            namespace: tuple.namespace.to_string(),
            object: tuple.object.to_string(),
            relation: tuple.relation.to_string(),
            ..Self::default()
        };
        match &tuple.subject {
            Subject::Id(id) => row.subject_id = id.to_string(),
            Subject::Set(set) => {
                row.set_namespace = set.namespace.to_string();
                row.set_object = set.object.to_string();
                row.set_relation = set.relation.to_string();
            }
        }
        row
    }

    fn tuple(self) -> Result<RelationTuple, String> {
        let has_set = !(self.set_namespace.is_empty() && self.set_object.is_empty());
        let subject = match (self.subject_id.is_empty(), has_set) {
            (true, true) => Subject::set(self.set_namespace, self.set_object, self.set_relation),
            (false, false) => Subject::id(self.subject_id),
            (true, false) => return Err("the subject is empty".to_owned()),
            (false, true) => return Err("it has both a subject_id and a subject_set".to_owned()),
        };
        complete(RelationTuple::new(self.namespace, self.object, self.relation, subject))
    }
}

fn rows(text: &str) -> Result<Vec<RelationshipPatch>, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let row = |(index, row): (usize, csv::Result<Row>)| {
        let tuple = row.map_err(|error| error.to_string())?.tuple();
        let tuple = tuple.map_err(|problem| format!("row {}: {problem}", index + 1))?;
        Ok(RelationshipPatch::Insert(tuple))
    };
    reader.deserialize().enumerate().map(row).collect()
}

/// Writes tuples so that [`read`] gives the same ones.
pub(super) fn write(
    tuples: &[RelationTuple],
    format: FileFormat,
) -> Result<String, Box<dyn std::error::Error>> {
    let text = |tuple: &RelationTuple| match tuple.try_to_string() {
        Ok(text) => Value::from(text),
        Err(_) => json!(tuple),
    };
    match format {
        FileFormat::Json => Ok(serde_json::to_string_pretty(&json!({"relation_tuples": tuples}))?),
        FileFormat::Yaml => {
            let entries: Vec<_> = tuples.iter().map(text).collect();
            Ok(serde_saphyr::to_string(&json!({"relation_tuples": entries}))?)
        }
        FileFormat::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            tuples.iter().try_for_each(|tuple| writer.serialize(Row::new(tuple)))?;
            Ok(String::from_utf8(writer.into_inner()?)?)
        }
        FileFormat::Text => Ok(tuples.iter().map(|tuple| text_or_json(tuple) + "\n").collect()),
    }
}

/// Changes as JSON that [`read`] understands.
pub(super) fn changes_json(changes: &[RelationshipPatch]) -> Value {
    let json = |change: &RelationshipPatch| match change {
        RelationshipPatch::Insert(tuple) => json!({"action": "insert", "relation_tuple": tuple}),
        RelationshipPatch::Delete(tuple) => json!({"action": "delete", "relation_tuple": tuple}),
    };
    changes.iter().map(json).collect()
}

/// Sorts tuples by their names, so that two exports can be compared.
pub(super) fn sort(tuples: &mut [RelationTuple]) {
    tuples.sort_by_cached_key(|tuple| json!(tuple).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn awkward() -> Vec<RelationTuple> {
        let mut tuples: Vec<_> =
            ["a", "a:b", "a#b@c", "(a)", "a\"b,c", "ä😀", "a\nb", "- a", "//a"]
                .into_iter()
                .flat_map(|name| {
                    [
                        RelationTuple::new("app", name, "read", Subject::id(name)),
                        RelationTuple::new("app", name, "read", Subject::set("User", name, "")),
                    ]
                })
                .collect();
        sort(&mut tuples);
        tuples
    }

    #[test]
    fn what_is_written_is_read_again() {
        for format in FileFormat::value_variants() {
            let text = write(&awkward(), *format).unwrap();
            let expected: Vec<_> = awkward().into_iter().map(RelationshipPatch::Insert).collect();
            assert_eq!(parse(&text, *format).unwrap(), expected, "{text}");
            assert_eq!(parse(&write(&[], *format).unwrap(), *format).unwrap(), [], "{format:?}");
        }
        let changes: Vec<_> = awkward().into_iter().map(RelationshipPatch::Delete).collect();
        assert_eq!(entries(changes_json(&changes)).unwrap(), changes);
    }

    #[test]
    fn a_problem_says_where_it_is() {
        use FileFormat::{Csv, Json, Text, Yaml};
        for (format, text, problem) in [
            (Yaml, "- app:a#read@x\n- app:b", "entry 2: \"app:b\": not a relation tuple: at byte"),
            (Yaml, "relation_tuples: app:a#read@x", "the relation tuples are not a list"),
            (Yaml, "- {namespace: app, object: a, relation: read}", "entry 1: a relation tuple w"),
            (Yaml, "- {namespace: app, relation: read, subject_id: x}", "entry 1: the object is"),
            (Yaml, "- [", "line 1"),
            (
                Json,
                "[{\"action\": \"upsert\", \"relation_tuple\": \"a:b#c@d\"}]",
                "\"upsert\" is neither",
            ),
            (Json, "[", "line 1"),
            (Json, "7", "it is not a list of relation tuples"),
            (Csv, "namespace,object\napp,a\n", "row 1: the subject is empty"),
            (Csv, "namespace,colour\napp,a\n", "unknown field `colour`"),
            (Text, "// a comment\n\napp:a", "line 3: \"app:a\""),
        ] {
            let said = parse(text, format).unwrap_err();
            assert!(said.contains(problem), "{text}: {said}");
        }
    }
}
