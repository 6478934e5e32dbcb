//! The text form `namespace:object#relation@subject`, parsed as current versions of Keto parse it.
//!
//! The first `:`, the first `#` after it and the first `@` after that delimit the parts. Parentheses
//! around the subject are optional. A subject that contains a `:` is a subject set, whose relation
//! is optional; any other subject is a subject id. Keto v0.7 instead treats a subject that contains
//! a `#` as a subject set.

use crate::model::{
    subject::{Subject, SubjectSet},
    tuple::RelationTuple,
};
use std::{fmt, str::FromStr};

/// The error of parsing a relation tuple or a subject: the position and the problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a relation tuple: at byte {offset}, {problem}")]
pub struct ParseError {
    offset: usize,
    problem: &'static str,
}

impl ParseError {
    /// The position of the error in bytes, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// The error of formatting a value that has no text form, because its text would be parsed as
/// another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has no text form: {problem}")]
pub struct FormatError {
    problem: &'static str,
}

/// A part of a text, with its offset in bytes.
#[derive(Clone, Copy)]
struct Segment<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Segment<'a> {
    fn split(self, delimiter: char, problem: &'static str) -> Result<(Self, Self), ParseError> {
        let at = self.text.find(delimiter).ok_or(ParseError { offset: self.end(), problem })?;
        let rest = at + delimiter.len_utf8();
        let left = Self { text: &self.text[..at], offset: self.offset };
        Ok((left, Self { text: &self.text[rest..], offset: self.offset + rest }))
    }

    fn end(self) -> usize {
        self.offset + self.text.len()
    }

    fn non_empty(self, problem: &'static str) -> Result<&'a str, ParseError> {
        if self.text.is_empty() {
            Err(ParseError { offset: self.offset, problem })
        } else {
            Ok(self.text)
        }
    }
}

impl FromStr for RelationTuple {
    type Err = ParseError;

    /// Parses `namespace:object#relation@subject`. Only the relation of a subject set can be empty.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let whole = Segment { text, offset: 0 };
        let (namespace, rest) = whole.split(':', "a ':' is missing after the namespace")?;
        let (object, rest) = rest.split('#', "a '#' is missing after the object")?;
        let (relation, subject) = rest.split('@', "an '@' is missing after the relation")?;
        Ok(Self {
            namespace: namespace.non_empty("the namespace is empty")?.into(),
            object: object.non_empty("the object is empty")?.into(),
            relation: relation.non_empty("the relation is empty")?.into(),
            subject: parse_subject(subject)?,
        })
    }
}

impl FromStr for Subject {
    type Err = ParseError;

    /// Parses a subject id, `namespace:object#relation` or `namespace:object`, with or without
    /// parentheses.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        parse_subject(Segment { text, offset: 0 })
    }
}

impl FromStr for SubjectSet {
    type Err = ParseError;

    /// Parses `namespace:object#relation` or `namespace:object`, with or without parentheses.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text.parse()? {
            Subject::Set(set) => Ok(set),
            Subject::Id(_) => {
                let problem = "a ':' is missing after the subject set's namespace";
                Err(ParseError { offset: text.len(), problem })
            }
        }
    }
}

fn parse_subject(subject: Segment<'_>) -> Result<Subject, ParseError> {
    let opened = subject.text.trim_start_matches(PARENTHESES);
    let offset = subject.offset + subject.text.len() - opened.len();
    let subject = Segment { text: opened.trim_end_matches(PARENTHESES), offset };
    if !subject.text.contains(':') {
        return Ok(Subject::id(subject.non_empty("the subject is empty")?));
    }
    let (object, relation) = match subject.split('#', "") {
        Ok(parts) => parts,
        Err(_) => (subject, Segment { text: "", offset: subject.end() }),
    };
    let (namespace, object) =
        object.split(':', "a ':' is missing after the subject set's namespace")?;
    Ok(Subject::set(
        namespace.non_empty("the subject set's namespace is empty")?,
        object.non_empty("the subject set's object is empty")?,
        relation.text,
    ))
}

const PARENTHESES: [char; 2] = ['(', ')'];

impl RelationTuple {
    /// Formats the tuple as `namespace:object#relation@subject`, with a subject set in parentheses.
    ///
    /// # Errors
    /// Returns an error if the text would not be parsed as the same tuple, because a part is empty
    /// or contains a delimiter, such as a subject id with a colon.
    pub fn try_to_string(&self) -> Result<String, FormatError> {
        let Self { namespace, object, relation, subject } = self;
        let text = format!("{namespace}:{object}#{relation}@{}", DisplaySubject(subject));
        ensure_round_trip(text, self, "a part is empty or contains ':', '#', '@' or parentheses")
    }
}

impl Subject {
    /// Formats a subject id as it is, and a subject set as `(namespace:object#relation)`.
    ///
    /// # Errors
    /// Returns an error if the text would not be parsed as the same subject, such as a subject id
    /// with a colon.
    pub fn try_to_string(&self) -> Result<String, FormatError> {
        let text = DisplaySubject(self).to_string();
        ensure_round_trip(text, self, "a part is empty or contains ':', '#' or parentheses")
    }
}

/// Returns the text if it is parsed as the same value. Parsing it is the one rule that can't diverge
/// from the parser.
fn ensure_round_trip<T>(
    text: String,
    value: &T,
    problem: &'static str,
) -> Result<String, FormatError>
where
    T: FromStr + PartialEq,
{
    match text.parse::<T>() {
        Ok(read) if read == *value => Ok(text),
        _ => Err(FormatError { problem }),
    }
}

struct DisplaySubject<'a>(&'a Subject);

impl fmt::Display for DisplaySubject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Subject::Id(id) => id.fmt(f),
            Subject::Set(SubjectSet { namespace, object, relation }) => {
                write!(f, "({namespace}:{object}")?;
                // Without the '#', parentheses at the end of the object would be trimmed.
                if !relation.as_str().is_empty() || object.as_str().ends_with(PARENTHESES) {
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
    fn reads_a_subject_set() {
        let admins = SubjectSet::new("Group", "admins", "members");
        assert_eq!("(Group:admins#members)".parse(), Ok(admins.clone()));
        assert_eq!("Group:admins#members".parse(), Ok(admins));
        assert_eq!("ann".parse::<SubjectSet>().unwrap_err().offset(), 3);
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
            assert!(subject.try_to_string().is_err(), "{subject:?}");
            assert!(RelationTuple::new("n", "o", "r", subject).try_to_string().is_err());
        }
        for (namespace, object, relation) in
            [("a:", "b", "c"), ("a", "b#", "c"), ("a", "b", "c@"), ("", "b", "c")]
        {
            let tuple = RelationTuple::new(namespace, object, relation, Subject::id("ann"));
            assert!(tuple.try_to_string().is_err(), "{tuple:?}");
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

    /// The rule by itself, apart from the reader that `try_to_string` asks.
    fn has_text_form(tuple: &RelationTuple) -> bool {
        let plain = |text: &str, dividers: &[char]| !text.is_empty() && !text.contains(dividers);
        let subject = match &tuple.subject {
            Subject::Id(id) => {
                plain(id.as_str(), &[':'])
                    && !id.as_str().starts_with(PARENTHESES)
                    && !id.as_str().ends_with(PARENTHESES)
            }
            Subject::Set(set) => {
                plain(set.namespace.as_str(), &[':', '#'])
                    && plain(set.object.as_str(), &['#'])
                    && !set.namespace.as_str().starts_with(PARENTHESES)
                    && !set.relation.as_str().ends_with(PARENTHESES)
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
            match tuple.try_to_string() {
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
                let written = tuple.try_to_string().expect("was read from a text");
                prop_assert_eq!(written.parse(), Ok(tuple));
            }
        }

        #[test]
        fn a_tuple_with_dividers_reads_the_same_twice(text in "[a-c]{0,2}:[a-c:]{0,3}#[a-c#]{0,3}@[a-c:#@()]{0,6}") {
            if let Ok(tuple) = text.parse::<RelationTuple>() {
                prop_assert_eq!(tuple.try_to_string().unwrap().parse(), Ok(tuple));
            }
        }
    }
}
