//! `namespace:object#relation@subject`, read as today's Keto reads it.
//!
//! The first `:`, the first `#` after it and the first `@` after that divide the text. Round
//! brackets at both ends of the subject are optional. A subject with a `:` is a subject set, whose
//! relation may be missing; any other subject is a subject id. Keto v0.7 differs in one point: to
//! it a subject is a set where it has a `#`.

use crate::model::{
    subject::{Subject, SubjectSet},
    tuple::RelationTuple,
};
use std::{fmt, str::FromStr};

/// A text that is no relation tuple: where, and what is missing there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a relation tuple: at byte {at}, {problem}")]
pub struct ParseError {
    at: usize,
    problem: &'static str,
}

impl ParseError {
    /// Where the text goes wrong, in bytes from 0.
    pub fn at(&self) -> usize {
        self.at
    }
}

/// A value that has no text form: written down, it would be read as another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has no text form: {problem}")]
pub struct FormatError {
    problem: &'static str,
}

/// A piece of a text that knows where it starts.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Piece<'a> {
    fn split(self, divider: char, problem: &'static str) -> Result<(Self, Self), ParseError> {
        let at = self.text.find(divider).ok_or(ParseError { at: self.end(), problem })?;
        let rest = at + divider.len_utf8();
        let left = Self { text: &self.text[..at], at: self.at };
        Ok((left, Self { text: &self.text[rest..], at: self.at + rest }))
    }

    fn end(self) -> usize {
        self.at + self.text.len()
    }

    fn not_empty(self, problem: &'static str) -> Result<&'a str, ParseError> {
        if self.text.is_empty() { Err(ParseError { at: self.at, problem }) } else { Ok(self.text) }
    }
}

impl FromStr for RelationTuple {
    type Err = ParseError;

    /// Reads `namespace:object#relation@subject`. No part may be empty but a set's relation.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let whole = Piece { text, at: 0 };
        let (namespace, rest) = whole.split(':', "a ':' is missing after the namespace")?;
        let (object, rest) = rest.split('#', "a '#' is missing after the object")?;
        let (relation, subject) = rest.split('@', "an '@' is missing after the relation")?;
        Ok(Self {
            namespace: namespace.not_empty("the namespace is empty")?.into(),
            object: object.not_empty("the object is empty")?.into(),
            relation: relation.not_empty("the relation is empty")?.into(),
            subject: subject_at(subject)?,
        })
    }
}

impl FromStr for Subject {
    type Err = ParseError;

    /// Reads a subject id, `namespace:object#relation` or `namespace:object`, brackets optional.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        subject_at(Piece { text, at: 0 })
    }
}

fn subject_at(subject: Piece<'_>) -> Result<Subject, ParseError> {
    let opened = subject.text.trim_start_matches(BRACKETS);
    let at = subject.at + subject.text.len() - opened.len();
    let subject = Piece { text: opened.trim_end_matches(BRACKETS), at };
    if !subject.text.contains(':') {
        return Ok(Subject::id(subject.not_empty("the subject is empty")?));
    }
    let (object, relation) = match subject.split('#', "") {
        Ok(parts) => parts,
        Err(_) => (subject, Piece { text: "", at: subject.end() }),
    };
    let (namespace, object) =
        object.split(':', "a ':' is missing after the subject set's namespace")?;
    Ok(Subject::set(
        namespace.not_empty("the subject set's namespace is empty")?,
        object.not_empty("the subject set's object is empty")?,
        relation.text,
    ))
}

const BRACKETS: [char; 2] = ['(', ')'];

impl RelationTuple {
    /// Writes `namespace:object#relation@subject`, a subject set in brackets.
    ///
    /// # Errors
    /// If the text would be read as another tuple: a part is empty or has a divider in it, such
    /// as a subject id with a colon.
    pub fn to_text(&self) -> Result<String, FormatError> {
        let Self { namespace, object, relation, subject } = self;
        let text = format!("{namespace}:{object}#{relation}@{}", Written(subject));
        written_back(text, self, "a part is empty or has a ':', '#', '@' or bracket in it")
    }
}

impl Subject {
    /// Writes a subject id as it is and a subject set as `(namespace:object#relation)`.
    ///
    /// # Errors
    /// If the text would be read as another subject, such as a subject id with a colon.
    pub fn to_text(&self) -> Result<String, FormatError> {
        let text = Written(self).to_string();
        written_back(text, self, "a part is empty or has a ':', '#' or bracket in it")
    }
}

/// A text is the form of a value when it is read back as that value: the one rule that can't
/// drift from the reader above.
fn written_back<T>(text: String, value: &T, problem: &'static str) -> Result<String, FormatError>
where
    T: FromStr + PartialEq,
{
    match text.parse::<T>() {
        Ok(read) if read == *value => Ok(text),
        _ => Err(FormatError { problem }),
    }
}

struct Written<'a>(&'a Subject);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Subject::Id(id) => id.fmt(f),
            Subject::Set(SubjectSet { namespace, object, relation }) => {
                write!(f, "({namespace}:{object}")?;
                // Without the '#', brackets at the object's end would be read as those around it.
                if !relation.as_str().is_empty() || object.as_str().ends_with(BRACKETS) {
                    write!(f, "#{relation}")?;
                }
                f.write_str(")")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<RelationTuple, String> {
        text.parse().map_err(|error: ParseError| error.to_string())
    }

    #[test]
    fn reads_what_keto_reads() {
        let read = |subject: Subject| RelationTuple::new("app", "homepage", "read", subject);
        let admins = read(Subject::set("Group", "admins", "members"));
        for (text, tuple) in [
            ("app:homepage#read@ann", read(Subject::id("ann"))),
            ("app:homepage#read@(ann)", read(Subject::id("ann"))),
            ("app:homepage#read@ann#x", read(Subject::id("ann#x"))),
            ("app:homepage#read@(Group:admins#members)", admins.clone()),
            ("app:homepage#read@Group:admins#members", admins),
            ("app:homepage#read@User:ann", read(Subject::set("User", "ann", ""))),
            ("app:homepage#read@User:ann#", read(Subject::set("User", "ann", ""))),
            ("a#b:c:d@e#f@g@h", RelationTuple::new("a#b", "c:d@e", "f", Subject::id("g@h"))),
        ] {
            assert_eq!(parse(text), Ok(tuple), "{text}");
        }
    }

    #[test]
    fn says_where_and_why() {
        for (text, why) in [
            ("", "at byte 0, a ':' is missing after the namespace"),
            ("app", "at byte 3, a ':' is missing after the namespace"),
            ("app:homepage", "at byte 12, a '#' is missing after the object"),
            ("app:homepage#read", "at byte 17, an '@' is missing after the relation"),
            (":homepage#read@ann", "at byte 0, the namespace is empty"),
            ("app:#read@ann", "at byte 4, the object is empty"),
            ("app:homepage#@ann", "at byte 13, the relation is empty"),
            ("app:homepage#read@", "at byte 18, the subject is empty"),
            ("app:homepage#read@()", "at byte 20, the subject is empty"),
            ("app:homepage#read@(:x#y)", "at byte 19, the subject set's namespace is empty"),
            ("app:homepage#read@x:#y", "at byte 20, the subject set's object is empty"),
            (
                "app:homepage#read@x#y:z",
                "at byte 19, a ':' is missing after the subject set's namespace",
            ),
        ] {
            assert_eq!(parse(text), Err(format!("not a relation tuple: {why}")), "{text}");
        }
    }

    #[test]
    fn refuses_what_would_be_read_as_something_else() {
        for subject in
            [Subject::id("a:b"), Subject::id("(a"), Subject::id(""), Subject::set("a", "b", "c)")]
        {
            assert!(subject.to_text().is_err(), "{subject:?}");
            assert!(RelationTuple::new("n", "o", "r", subject).to_text().is_err());
        }
        for (namespace, object, relation) in
            [("a:", "b", "c"), ("a", "b#", "c"), ("a", "b", "c@"), ("", "b", "c")]
        {
            let tuple = RelationTuple::new(namespace, object, relation, Subject::id("ann"));
            assert!(tuple.to_text().is_err(), "{tuple:?}");
        }
    }

    fn part() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z]{1,6}", "[a-c:#@() ]{0,5}", any::<String>()]
    }

    fn subject() -> impl Strategy<Value = Subject> {
        prop_oneof![
            part().prop_map(Subject::id),
            (part(), part(), part()).prop_map(|(n, o, r)| Subject::set(n, o, r)),
        ]
    }

    /// The rule by itself, apart from the reader that `to_text` asks.
    fn has_text_form(tuple: &RelationTuple) -> bool {
        let plain = |text: &str, dividers: &[char]| !text.is_empty() && !text.contains(dividers);
        let subject = match &tuple.subject {
            Subject::Id(id) => {
                plain(id.as_str(), &[':'])
                    && !id.as_str().starts_with(BRACKETS)
                    && !id.as_str().ends_with(BRACKETS)
            }
            Subject::Set(set) => {
                plain(set.namespace.as_str(), &[':', '#'])
                    && plain(set.object.as_str(), &['#'])
                    && !set.namespace.as_str().starts_with(BRACKETS)
                    && !set.relation.as_str().ends_with(BRACKETS)
            }
        };
        plain(tuple.namespace.as_str(), &[':'])
            && plain(tuple.object.as_str(), &['#'])
            && plain(tuple.relation.as_str(), &['@'])
            && subject
    }

    proptest! {
        #[test]
        fn round_trips_or_is_refused(n in part(), o in part(), r in part(), subject in subject()) {
            let tuple = RelationTuple::new(n, o, r, subject);
            match tuple.to_text() {
                Ok(text) => {
                    prop_assert!(has_text_form(&tuple));
                    prop_assert_eq!(text.parse(), Ok(tuple));
                }
                Err(FormatError { .. }) => prop_assert!(!has_text_form(&tuple)),
            }
        }

        #[test]
        fn never_panics_and_what_it_reads_it_can_write(text in any::<String>()) {
            if let Ok(tuple) = text.parse::<RelationTuple>() {
                let written = tuple.to_text().expect("was read from a text");
                prop_assert_eq!(written.parse(), Ok(tuple));
            }
        }

        #[test]
        fn a_tuple_with_dividers_reads_the_same_twice(text in "[a-c]{0,2}:[a-c:]{0,3}#[a-c#]{0,3}@[a-c:#@()]{0,6}") {
            if let Ok(tuple) = text.parse::<RelationTuple>() {
                prop_assert_eq!(tuple.to_text().unwrap().parse(), Ok(tuple));
            }
        }
    }
}
