//! What follows from the tuples and what the server was configured with: expansion, namespaces,
//! permission models, and how it is.

use super::{Keto, object};
use crate::{Test, tests};
use http::StatusCode;
use keto_client::{
    ExpandRequest, NodeType, RelationTuple, RelationshipPatch, Subject, SubjectSet, SubjectTree,
};
use std::collections::BTreeSet;

pub(super) fn suite() -> Vec<(&'static str, Test<Keto>)> {
    tests![
        nothing_expands_to_none,
        a_set_expands_to_a_tree,
        a_depth_bounds_the_tree,
        an_unknown_namespace_does_not_expand,
        namespaces_are_listed,
        a_sound_model_has_no_errors,
        errors_in_a_model_have_a_place,
        health_and_version_are_told,
    ]
}

fn readers(object: &str) -> SubjectSet {
    SubjectSet::new("app", object, "read")
}

async fn expand(keto: &Keto, request: &ExpandRequest) -> Option<SubjectTree> {
    keto.expand.expand(request).await.unwrap()
}

/// Ann may read a page through a group, bob directly.
async fn page(keto: &Keto) -> (String, String) {
    let (page, group) = (object(), object());
    let through = RelationTuple::new("app", page.as_str(), "read", readers(&group));
    let tuples = [through, keto.tuple(&group, "ann"), keto.tuple(&page, "bob")];
    keto.relationships.patch_relationships(&tuples.map(RelationshipPatch::Insert)).await.unwrap();
    (page, group)
}

async fn nothing_expands_to_none(keto: Keto) {
    assert_eq!(expand(&keto, &readers(&object()).into()).await, None);
}

async fn a_set_expands_to_a_tree(keto: Keto) {
    let (page, group) = page(&keto).await;
    let tree = expand(&keto, &readers(&page).into()).await.unwrap();
    assert_eq!(tree.node_type(), NodeType::Union);
    assert_eq!(tree.subject(), Some(Subject::Set(readers(&page))));
    let nodes: BTreeSet<String> = tree
        .nodes()
        .map(|(depth, node)| format!("{depth} {} {:?}", node.node_type().as_str(), node.subject()))
        .collect();
    let expected = [
        (0, "union", readers(&page).into()),
        (1, "union", readers(&group).into()),
        (1, "leaf", keto.subject("bob")),
        (2, "leaf", keto.subject("ann")),
    ];
    let expected = expected.map(|(depth, kind, who)| format!("{depth} {kind} {:?}", Some(who)));
    assert_eq!(nodes, BTreeSet::from(expected));
}

async fn a_depth_bounds_the_tree(keto: Keto) {
    let (page, group) = page(&keto).await;
    let root = expand(&keto, &ExpandRequest::new(readers(&page)).max_depth(1)).await.unwrap();
    assert_eq!((root.node_type(), root.children), (NodeType::Leaf, vec![]));
    let two = expand(&keto, &ExpandRequest::new(readers(&page)).max_depth(2)).await.unwrap();
    let below: BTreeSet<_> = two.children.iter().map(|n| format!("{:?}", n.subject())).collect();
    let expected =
        [readers(&group).into(), keto.subject("bob")].map(|who| format!("{:?}", Some(who)));
    assert_eq!(below, BTreeSet::from(expected));
    assert!(two.children.iter().all(|node| node.node_type() == NodeType::Leaf));
    // No depth is the server's own.
    let none = expand(&keto, &ExpandRequest::new(readers(&page)).max_depth(0)).await.unwrap();
    assert_eq!(none.nodes().count(), 4);
}

async fn an_unknown_namespace_does_not_expand(keto: Keto) {
    let nowhere = SubjectSet::new("nowhere", "x", "read");
    let error = keto.expand.expand(&nowhere.into()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert!(error.reason().unwrap().contains("nowhere"), "{error}");
}

async fn namespaces_are_listed(keto: Keto) {
    let result = keto.namespaces.list_namespaces().await;
    if keto.v0_7 {
        let error = result.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    } else {
        assert!(result.unwrap().contains(&"app".into()));
    }
}

async fn a_sound_model_has_no_errors(keto: Keto) {
    let result = keto.opl.check_opl_syntax("class app implements Namespace {}").await;
    if keto.has_opl {
        assert_eq!(result.unwrap(), []);
        assert_eq!(keto.opl.check_opl_syntax("").await.unwrap(), []);
    } else {
        let error = result.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
    }
}

async fn errors_in_a_model_have_a_place(keto: Keto) {
    if !keto.has_opl {
        return;
    }
    let source = "class app implements Namespace {\n  related: { read: \"ü\" Nowhere[] }\n}";
    let errors = keto.opl.check_opl_syntax(source).await.unwrap();
    assert!(!errors.is_empty());
    let source = "class app implements Namespace {\n  related: { read: Nowhere[] }\n}";
    let errors = keto.opl.check_opl_syntax(source).await.unwrap();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].message.contains("Nowhere"), "{errors:?}");
    assert_eq!((errors[0].start.line, errors[0].end.line), (2, 2));
    assert!(errors[0].start.column < errors[0].end.column);
}

async fn health_and_version_are_told(keto: Keto) {
    assert!(keto.metadata.is_alive().await.unwrap());
    assert!(keto.metadata.is_ready().await.unwrap());
    assert!(!keto.metadata.version().await.unwrap().is_empty());
}
