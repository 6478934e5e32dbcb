//! The forms in which the command line of Keto takes tuples and subject sets.

use keto_client::{ParseError, RelationTuple, Subject, SubjectSet};

/// The problem with positional arguments.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArgumentError {
    /// A part is not what it has to be.
    #[error("{0}")]
    Parse(#[from] ParseError),
    /// There are too many or too few.
    #[error("{0}")]
    Number(&'static str),
    /// An object without a namespace.
    #[error("the object {0:?} must be <namespace>:<object>")]
    Object(String),
}

/// Reads `<namespace>:<object>#<relation>@<subject>`, `<subject> <relation> <namespace>:<object>` or
/// `<subject> <relation> <namespace> <object>`.
pub(super) fn tuple(arguments: &[String]) -> Result<RelationTuple, ArgumentError> {
    match arguments {
        [tuple] => Ok(tuple.parse()?),
        [subject, relation, object] => {
            let (namespace, object) =
                object.split_once(':').ok_or_else(|| ArgumentError::Object(object.clone()))?;
            Ok(RelationTuple::new(namespace, object, relation, subject.parse::<Subject>()?))
        }
        [subject, relation, namespace, object] => {
            Ok(RelationTuple::new(namespace, object, relation, subject.parse::<Subject>()?))
        }
        _ => Err(ArgumentError::Number(
            "a tuple is <namespace>:<object>#<relation>@<subject>, or <subject> <relation> \
             <namespace>:<object>",
        )),
    }
}

/// Reads `<namespace>:<object>#<relation>` or `<relation> <namespace> <object>`.
pub(super) fn subject_set(arguments: &[String]) -> Result<SubjectSet, ArgumentError> {
    match arguments {
        [set] => Ok(set.parse()?),
        [relation, namespace, object] => Ok(SubjectSet::new(namespace, object, relation)),
        _ => Err(ArgumentError::Number(
            "a subject set is <namespace>:<object>#<relation>, or <relation> <namespace> <object>",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn every_form_of_a_tuple_means_the_same() {
        let expected: RelationTuple = "app:homepage#read@User:ann".parse().unwrap();
        for text in [
            "app:homepage#read@User:ann",
            "app:homepage#read@(User:ann)",
            "User:ann read app:homepage",
            "User:ann read app homepage",
        ] {
            assert_eq!(tuple(&words(text)).unwrap(), expected, "{text}");
        }
        for text in ["app:homepage", "User:ann read", "User:ann read homepage", "a b c d e"] {
            tuple(&words(text)).expect_err(text);
        }
    }

    #[test]
    fn both_forms_of_a_subject_set_mean_the_same() {
        let expected = SubjectSet::new("app", "homepage", "read");
        for text in ["app:homepage#read", "read app homepage"] {
            assert_eq!(subject_set(&words(text)).unwrap(), expected, "{text}");
        }
        subject_set(&words("read app")).unwrap_err();
    }
}
