//! What a page needs.

use keto_client::{Namespace, Object, Relation, RelationTuple, Subject, guard::Template};
use std::str::FromStr;

/// What a page needs: a relation to an object. With a subject it is a whole relation tuple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    namespace: Namespace,
    object: Object,
    relation: Relation,
}

impl Permission {
    /// The same for a guard.
    pub fn template(&self) -> Template {
        let Self { namespace, object, relation } = self.clone();
        Template::new(namespace, object, relation)
    }

    /// The relation tuple that says that the subject has the permission.
    pub fn of(&self, subject: Subject) -> RelationTuple {
        let Self { namespace, object, relation } = self.clone();
        RelationTuple { namespace, object, relation, subject }
    }
}

impl FromStr for Permission {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            return Err("it must not name a subject".into());
        }
        let tuple: Result<RelationTuple, _> = format!("{text}@anyone").parse();
        let RelationTuple { namespace, object, relation, .. } =
            tuple.map_err(|error| error.to_string())?;
        Ok(Self { namespace, object, relation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_a_tuple_without_its_subject() {
        let permission: Permission = "app:homepage#read".parse().unwrap();
        let tuple = permission.of(Subject::id("ann"));
        assert_eq!(tuple, "app:homepage#read@ann".parse().unwrap());
        assert!("app:homepage".parse::<Permission>().is_err());
        assert!("app:homepage#read@ann".parse::<Permission>().is_err());
    }
}
