//! What comes from Keto, and tuples that people write.

use super::answer::Raw;
use keto_client::{
    CheckError, Decision, FormatError, RelationTuple, Subject, SubjectTree, fuzzing,
};
use ory_http::ReasonVisibility;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{fmt::Debug, str::FromStr};

/// Relation tuples and subjects: a text that is read can be written and is read again as the same;
/// a text that is refused is so at a place in it. A tuple of any parts has a text form that is read
/// as that tuple, or none. JSON that is read as a tuple is written and read again as the same.
pub fn tuple(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(tuple) = parsed::<RelationTuple>(&text, RelationTuple::to_text) {
        let RelationTuple { namespace, object, relation, .. } = &tuple;
        assert!(text.starts_with(&format!("{namespace}:{object}#{relation}@")));
        assert!(!namespace.as_str().contains(':') && !object.as_str().contains('#'));
        assert!(!relation.as_str().contains('@'));
        assert!(![namespace.as_str(), object.as_str(), relation.as_str()].contains(&""));
        json_round_trip(&tuple);
    }
    parsed::<Subject>(&text, Subject::to_text);
    let parts: Vec<_> = text.split('\n').collect();
    let subject = match parts[..] {
        [_, _, _, id] => Subject::id(id),
        [_, _, _, namespace, object, relation] => Subject::set(namespace, object, relation),
        _ => {
            if let Ok(tuple) = serde_json::from_slice::<RelationTuple>(data) {
                json_round_trip(&tuple);
            }
            return;
        }
    };
    let tuple = RelationTuple::new(parts[0], parts[1], parts[2], subject);
    json_round_trip(&tuple);
    match tuple.to_text() {
        Ok(text) => assert_eq!(text.parse(), Ok(tuple)),
        Err(error) => drop(error.to_string()),
    }
}

fn parsed<T>(text: &str, write: fn(&T) -> Result<String, FormatError>) -> Option<T>
where
    T: FromStr<Err = keto_client::ParseError> + PartialEq + Debug,
{
    match text.parse::<T>() {
        Ok(read) => {
            let written = write(&read).expect("what was read has a text form");
            assert_eq!(written.parse::<T>().as_ref(), Ok(&read));
            Some(read)
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.at()), "{error} of {text:?}");
            None
        }
    }
}

fn json_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let written = serde_json::to_vec(value).expect("a value can be written");
    let again: T = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(&again, value);
}

/// Answers to a check and to many, by both dialects: allowed only where the status is 200 and the
/// body a JSON object whose `allowed` is true and that has no `error`, by an independent reading;
/// denied only where `allowed` is false; and so in each entry of a batch. A clear answer decides.
pub fn decision(data: &[u8]) {
    let Some(raw) = Raw::read(data) else { return };
    let json = raw.json();
    let allowed = json.as_ref().and_then(Value::as_object).and_then(|json| {
        let error = json.get("error").is_some_and(|error| !error.is_null());
        json.get("allowed").and_then(Value::as_bool).filter(|_| !error)
    });
    for v0_7 in [false, true] {
        let decision = fuzzing::decision(raw.answer(ReasonVisibility::Shown), v0_7);
        match (&decision, raw.status.as_u16(), allowed) {
            (Ok(Decision::Allowed), 200, Some(true))
            | (Ok(Decision::Denied), 200, Some(false))
            | (Err(_), ..) => {}
            (Ok(Decision::Denied), 403, Some(false)) if v0_7 => {}
            _ => panic!("{decision:?} of {allowed:?} with {}", raw.status),
        }
        if let Err(error) = &decision {
            let _ = format!("{error} {error:?}");
        }
        // Of a body without repeated keys there are no two opinions.
        if let (200, Some(allowed), Some(json)) = (raw.status.as_u16(), allowed, &json) {
            let body = serde_json::to_vec(json).expect("a value can be written");
            let clear = Raw { status: raw.status, headers: raw.headers.clone(), body: &body };
            let decision = fuzzing::decision(clear.answer(ReasonVisibility::Shown), v0_7);
            let decision = decision.expect("a clear answer decides");
            assert_eq!(decision == Decision::Allowed, allowed);
        }
    }
    if let Ok(Some(results)) = fuzzing::decisions(raw.answer(ReasonVisibility::Shown)) {
        assert_eq!(raw.status.as_u16(), 200);
        let json = json.expect("a batch is JSON");
        let entries = json["results"].as_array().expect("a batch is a list in an object");
        assert_eq!(entries.len(), results.len());
        for (entry, result) in entries.iter().zip(results) {
            let allowed = entry.as_object().and_then(|entry| entry["allowed"].as_bool());
            let error = match entry.get("error") {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(error)) => error.clone(),
                Some(other) => other.to_string(),
            };
            match result {
                Ok(Decision::Allowed) => {
                    assert_eq!((allowed, error.as_str()), (Some(true), ""));
                }
                Ok(Decision::Denied) => assert_eq!(allowed, Some(false)),
                Err(CheckError::Refused { reason }) => assert_eq!(reason, error),
                Err(_) => {}
            }
        }
    }
}

/// Expansions of both wire shapes: a tree that is read is written and read again as the same, has
/// as many nodes as the JSON, and names the subject that the JSON names; an error that the server
/// tells of is no tree.
pub fn tree(data: &[u8]) {
    if let Ok(tree) = serde_json::from_slice::<SubjectTree>(data) {
        json_round_trip(&tree);
        let json: Value = serde_json::from_slice(data).expect("a tree is JSON");
        assert_eq!(tree.nodes().count(), nodes(&json));
        assert!(tree.nodes().all(|(depth, _)| depth < 128));
        let written = serde_json::to_value(&tree).expect("a tree can be written");
        for (_, node) in tree.nodes() {
            let subject = node.subject();
            let _ = format!("{subject:?} {}", node.node_type().as_str());
        }
        let subject = written["tuple"].as_object().or(written.as_object()).expect("an object");
        match tree.subject() {
            Some(Subject::Id(id)) => assert_eq!(subject["subject_id"], id.as_str()),
            Some(Subject::Set(set)) => {
                let name = |name| subject["subject_set"][name].as_str().unwrap_or_default();
                assert_eq!(name("namespace"), set.namespace.as_str());
                assert_eq!(name("object"), set.object.as_str());
                assert_eq!(name("relation"), set.relation.as_str());
            }
            // What can't be read as a tuple is kept as it came.
            None => {
                let tuple = Value::Object(subject.clone());
                assert!(serde_json::from_value::<RelationTuple>(tuple).is_err());
            }
        }
    }
    let Some(raw) = Raw::read(data) else { return };
    match fuzzing::tree(raw.answer(ReasonVisibility::Shown)) {
        Ok(Some(_)) => assert!(raw.status.as_u16() == 200 && raw.envelope().is_none()),
        Ok(None) => assert!(matches!(raw.status.as_u16(), 200 | 404)),
        Err(error) => drop(format!("{error} {error:?}")),
    }
}

fn nodes(json: &Value) -> usize {
    let children = json["children"].as_array().map(Vec::as_slice).unwrap_or_default();
    1 + children.iter().map(nodes).sum::<usize>()
}
