//! Why Keto denies a permission: a common mistake is a tuple whose subject is an id where a subject set
//! is checked, or the other way round (<https://github.com/ory/keto/issues/1550>).

use crate::{
    api::expand::{Expand, ExpandRequest},
    model::{
        subject::{Subject, SubjectSet},
        tuple::RelationTuple,
    },
};

/// Says why a relation is missing, as far as the tuples of the object tell.
pub(super) async fn explain(expand: &dyn Expand, missing: &RelationTuple) -> String {
    let RelationTuple { namespace, object, relation, subject } = missing;
    let relation = SubjectSet::new(namespace.clone(), object.clone(), relation.clone());
    let name = format!("{}:{}#{}", relation.namespace, relation.object, relation.relation);
    let tree = match expand.expand(&ExpandRequest::new(relation)).await {
        Ok(Some(tree)) => tree,
        Ok(None) => return format!("no tuple has {name}; a permission of the model may imply it"),
        Err(error) => return format!("{name} can't be expanded: {error}"),
    };
    let subjects: Vec<_> = tree.nodes().filter_map(|(_, node)| node.subject()).collect();
    let same_id = |other: &&Subject| *other != subject && id(other) == id(subject);
    match subjects.iter().find(same_id) {
        Some(Subject::Id(_)) => format!(
            "{name} has the same id as a subject id, and a subject set is checked: migrate the tuple, or \
             set the strategy by Authorization::subject"
        ),
        Some(Subject::Set(_)) => format!(
            "{name} has the same id in a subject set, and another subject is checked: set the strategy by \
             Authorization::subject"
        ),
        None => format!("{name} has {} subjects, and this is none of them", subjects.len()),
    }
}

fn id(subject: &Subject) -> &str {
    match subject {
        Subject::Id(id) => id.as_str(),
        Subject::Set(set) => set.object.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tree::{NodeType, SubjectTree};
    use async_trait::async_trait;
    use ory_http::Error;

    struct Stored(Option<Subject>);

    #[async_trait]
    impl Expand for Stored {
        async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
            let root = SubjectTree::new(NodeType::Union, Subject::Set(request.set.clone()));
            let leaf = |subject: &Subject| SubjectTree::new(NodeType::Leaf, subject.clone());
            Ok(self.0.as_ref().map(|subject| root.with_children(vec![leaf(subject)])))
        }
    }

    #[tokio::test]
    async fn tells_a_subject_of_the_other_kind() {
        let (id, set) = (Subject::id("ann"), Subject::set("User", "ann", ""));
        for (stored, checked, reason) in [
            (Some(id.clone()), set.clone(), "has the same id as a subject id"),
            (Some(set.clone()), id.clone(), "has the same id in a subject set"),
            (Some(Subject::id("eve")), set.clone(), "has 2 subjects, and this is none of them"),
            (None, set, "no tuple has app:homepage#read"),
        ] {
            let missing = RelationTuple::new("app", "homepage", "read", checked);
            let explained = explain(&Stored(stored), &missing).await;
            assert!(explained.contains(reason), "{explained}");
        }
    }
}
