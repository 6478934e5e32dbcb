//! Trees as real servers sent them, and trees as any server may: what is read and written again
//! is what was read.

#![allow(clippy::unwrap_used, reason = "a test")]

use keto_client::{NodeType, Subject, SubjectTree};
use proptest::prelude::*;
use serde_json::{Value, json};

const V26: &str = include_str!("fixtures/expand-v26.2.0.json");
const V0_7: &str = include_str!("fixtures/expand-v0.7.0-alpha.1.json");

fn read(json: &str) -> SubjectTree {
    serde_json::from_str(json).unwrap()
}

#[test]
fn reads_both_wires_alike() {
    for (json, group) in
        [(V26, Subject::set("Group", "g", "members")), (V0_7, Subject::set("app", "g", "members"))]
    {
        let tree = read(json);
        assert_eq!(tree.node_type(), NodeType::Union);
        let nodes: Vec<_> = tree.nodes().map(|(depth, node)| (depth, node.subject())).collect();
        let expected = [
            (0, Subject::set("app", "doc", "read")),
            (1, group),
            (2, Subject::id("ann")),
            (1, Subject::id("bob")),
        ];
        assert_eq!(nodes, expected.map(|(depth, who)| (depth, Some(who))));
        let written: Value = serde_json::to_value(&tree).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(json).unwrap());
    }
}

#[test]
fn reads_nothing_there() {
    let nothing = include_str!("fixtures/expand-nothing-v0.7.0-alpha.1.json");
    assert_eq!(serde_json::from_str::<Option<SubjectTree>>(nothing).unwrap(), None);
}

#[test]
fn keeps_what_it_does_not_know() {
    let json = json!({"type": "quorum", "at_least": 2, "children": [{"type": "unspecified"}]});
    let tree: SubjectTree = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(tree.node_type(), NodeType::Other("quorum".into()));
    assert_eq!(tree.children[0].subject(), None);
    assert_eq!(serde_json::to_value(&tree).unwrap(), json);
    assert_eq!(read(r#"{"type": "leaf", "children": null}"#).children, []);

    let json =
        json!({"type": 5, "tuple": {"subject_id": "ann", "since": "today"}, "children": [{}]});
    let tree: SubjectTree = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(tree.node_type(), NodeType::Other("5".into()));
    assert_eq!(tree.subject(), Some(Subject::id("ann")));
    assert_eq!(tree.children[0].node_type(), NodeType::Other("unspecified".into()));
    assert_eq!(serde_json::to_value(&tree).unwrap(), json);
}

fn subject() -> impl Strategy<Value = Value> {
    let set = ["[a-z]{0,3}", "[a-z]{0,3}", "[a-z]{0,3}"]
        .prop_map(|[n, o, r]| json!({"namespace": n, "object": o, "relation": r}));
    prop_oneof![
        any::<String>().prop_map(|id| json!({"subject_id": id})),
        set.prop_map(|set| json!({"subject_set": set})),
    ]
}

/// A node of either wire without its children.
fn node() -> impl Strategy<Value = Value> {
    let kind = prop_oneof!["union|exclusion|intersection|leaf|not", any::<String>()];
    (kind, subject(), any::<bool>()).prop_map(|(kind, subject, in_tuple)| {
        let mut node = if in_tuple {
            let mut tuple = json!({"namespace": "", "object": "", "relation": ""});
            tuple.as_object_mut().unwrap().extend(subject.as_object().unwrap().clone());
            json!({"tuple": tuple})
        } else {
            subject
        };
        node["type"] = kind.into();
        node
    })
}

fn tree() -> impl Strategy<Value = Value> {
    node().prop_recursive(6, 40, 4, |below| {
        (node(), prop::collection::vec(below, 1..4)).prop_map(|(mut node, children)| {
            node["children"] = children.into();
            node
        })
    })
}

fn count(node: &Value) -> usize {
    1 + node["children"].as_array().map_or(0, |children| children.iter().map(count).sum())
}

proptest! {
    #[test]
    fn round_trips(json in tree()) {
        let tree: SubjectTree = serde_json::from_value(json.clone()).unwrap();
        prop_assert_eq!(tree.nodes().count(), count(&json));
        prop_assert!(tree.nodes().all(|(_, node)| node.subject().is_some()));
        prop_assert_eq!(serde_json::to_value(&tree).unwrap(), json);
    }

    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = serde_json::from_str::<SubjectTree>(&text);
    }
}
