//! What people type and choose in forms.

use super::{
    PermissionsPage,
    people::{self, Person, is_identity_id},
    problem::Problem,
};
use keto_client::{RelationTuple, Subject};

/// The fields of a form, in their order; a name may occur more than once.
pub(super) struct Fields(pub(super) Vec<(String, String)>);

/// The maximum length of a name in characters.
const MAX_NAME: usize = 500;

impl Fields {
    /// The value of a field, without spaces around it; empty if there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.all(name).next().map_or("", str::trim)
    }

    /// The values of all fields with this name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A name that must be there.
    pub(super) fn name(&self, name: &str) -> Result<&str, Problem> {
        checked_name(name, self.get(name))
    }
}

/// A name of a new tuple, which must be neither empty nor long, and on one line.
pub(super) fn checked_name<'a>(what: &str, text: &'a str) -> Result<&'a str, Problem> {
    if text.is_empty() {
        return Err(Problem::input(format!("The {what} is missing.")));
    }
    if text.chars().count() > MAX_NAME {
        return Err(Problem::input(format!("The {what} is longer than {MAX_NAME} characters.")));
    }
    if text.contains(char::is_control) {
        return Err(Problem::input(format!("The {what} contains control characters.")));
    }
    Ok(text)
}

/// A subject as it is typed: `Group:admins#members` and the like, or JSON where that text would be
/// another subject.
pub(super) fn subject(text: &str) -> Result<Subject, Problem> {
    let subject = match text.starts_with('{') {
        // The JSON of a subject is that of a tuple which lacks all else.
        true => serde_json::from_str(text).ok().map(|tuple: RelationTuple| tuple.subject),
        false => text.parse().ok(),
    };
    let wrong = || Problem::input("This is not a subject such as Group:admins#members.");
    let subject = subject.ok_or_else(wrong)?;
    let names = match &subject {
        Subject::Id(id) => vec![id.as_str()],
        Subject::Set(set) => vec![set.namespace.as_str(), set.object.as_str()],
    };
    for name in names {
        checked_name("subject", name)?;
    }
    Ok(subject)
}

/// What the text of a search matches.
pub(super) enum SubjectMatch {
    /// One subject, or one person.
    Subject(Subject),
    /// The people whose email address has the text.
    People(Vec<Person>),
}

impl PermissionsPage {
    /// Finds the subject or the people that a text means: the id of an identity, a subject, or part of an email address.
    pub(super) async fn find_subject(&self, text: &str) -> Result<SubjectMatch, Problem> {
        checked_name("person", text)?;
        if is_identity_id(text) {
            return Ok(SubjectMatch::Subject(people::subject(text)));
        }
        if text.contains(':') {
            return subject(text).map(SubjectMatch::Subject);
        }
        match self.find_people(text).await?.as_slice() {
            [] => Err(Problem::input("Nobody has an email address with this part.")),
            [person] => Ok(SubjectMatch::Subject(people::subject(&person.id))),
            people => Ok(SubjectMatch::People(people.to_vec())),
        }
    }
}

/// A tuple as [`text_or_json`](crate::permissions::text_or_json) writes it.
pub(super) fn tuple(text: &str) -> Result<RelationTuple, Problem> {
    let tuple = match text.starts_with('{') {
        true => serde_json::from_str(text).ok(),
        false => text.parse().ok(),
    };
    tuple.ok_or_else(|| Problem::input("The form is damaged."))
}
