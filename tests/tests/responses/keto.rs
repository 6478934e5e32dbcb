//! What the Keto clients make of each response: every operation reads all of them but those without
//! what it needs, and gives the same value over HTTP and gRPC.

use crate::{
    keto_messages::{Messages, UNKNOWN},
    keto_operations::{Keto, OTHERS, operations},
};
use contract_tests::{
    assert_contains,
    in_memory::{InMemory, grpc, json as respond},
    openapi::{Case, Document, Kind},
};
use keto_client::{ApiVersion, ErrorKind, Expand, KetoClient, KetoGrpcClient, SubjectSet};
use serde_json::{Value, json};

const URL: &str = "http://keto.test";

/// Makes what the documents can't say right: a tuple has one subject, and an entry of a batch that
/// is allowed has no error. Where there is a list, it has tuples with each kind of subject.
fn correct(response: &mut Value) {
    if response.get("results").is_some() {
        let refused = json!({"allowed": false, "error": "text"});
        response["results"] = json!([{"allowed": true, "error": ""}, refused]);
    }
    each_subject_in_lists(response);
    leave_out(response, "subject_id", "subject_set");
}

fn each_subject_in_lists(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(each_subject_in_lists);
            let kinds = |item: &Value| {
                let (mut one, mut other) = (item.clone(), item.clone());
                leave_out(&mut one, "subject_id", "subject_set");
                leave_out(&mut other, "subject_set", "subject_id");
                [one, other]
            };
            *items = items.iter().flat_map(kinds).collect();
            items.dedup();
        }
        Value::Object(fields) => {
            // No server sends them.
            fields.retain(|name, value| name != "children" || *value != json!([]));
            fields.values_mut().for_each(each_subject_in_lists);
        }
        _ => {}
    }
}

/// Removes a member of each object that has another one.
fn leave_out(value: &mut Value, name: &str, other: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, name, other)),
        Value::Object(fields) => {
            if fields.contains_key(other) {
                fields.remove(name);
            }
            fields.values_mut().for_each(|value| leave_out(value, name, other));
        }
        _ => {}
    }
}

/// That a value has all of the response, but for what is in the types that an application makes
/// itself: those have known fields only.
fn assert_kept(case: &Case<'_, dyn Keto>, value: &Value) {
    let kind = &case.mutation.kind;
    if case.operation.ids[0] == "expandPermissions" {
        // An empty list is as good as none.
        let no_children =
            case.mutation.path.ends_with("children") && *kind == Kind::Replaced(json!([]));
        if !no_children {
            case.assert_kept(value);
        }
    } else if value.is_object() && matches!(kind, Kind::Unchanged | Kind::Added) {
        assert_contains(value, &case.whole, &case.place);
    }
}

/// That nothing is allowed but what the response says is allowed, without an error beside it.
fn assert_only_allowed(value: &Value, response: &Value, place: &str) {
    if value["allowed"] == json!(true) {
        assert_eq!(response["allowed"], json!(true), "{place}");
        assert!([Value::Null, json!("")].contains(&response["error"]), "{place}");
    }
    for (index, result) in value["results"].as_array().into_iter().flatten().enumerate() {
        assert_only_allowed(result, &response["results"][index], place);
    }
}

fn without_unknown(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_unknown).collect(),
        Value::Object(fields) => {
            let known = fields.iter().filter(|(name, _)| *name != UNKNOWN);
            known.map(|(name, value)| (name.clone(), without_unknown(value))).collect()
        }
        other => other.clone(),
    }
}

async fn every_operation_decodes(document: &str, api_version: ApiVersion) {
    let (document, operations, messages) =
        (Document::read(document), operations(), Messages::read());
    let cases = document.cases(&operations, OTHERS, usize::MAX, correct);
    let responses: Vec<_> =
        cases.iter().map(|case| respond(case.status, case.response.to_string())).collect();
    let messages: Vec<_> =
        cases.iter().map(|case| messages.encode(case.id, &case.response)).collect();
    let service = InMemory::in_turn(responses);
    let grpc_service = InMemory::in_turn(messages.iter().flatten().map(|message| grpc(message)));
    let over_http = KetoClient::builder().read_url(URL).write_url(URL).api_version(api_version);
    let over_http = over_http.http(service.config()).build().unwrap();
    let over_grpc = KetoGrpcClient::builder().read_url(URL).write_url(URL);
    let over_grpc = over_grpc.http(grpc_service.config()).build().unwrap();
    for (case, message) in cases.iter().zip(&messages) {
        let place = &case.place;
        let http = (case.operation.run)(&over_http).await;
        match &http {
            Ok(value) => {
                let value = value.as_ref().unwrap();
                assert_kept(case, value);
                assert_only_allowed(value, &case.response, place);
            }
            Err(error) => case.assert_may_fail(error),
        }
        if message.is_none() {
            let is_other_type = matches!(case.mutation.kind, Kind::Replaced(_));
            assert!(is_other_type || case.id == "getExpand", "{place}: has no message");
            continue;
        }
        match (http, (case.operation.run)(&over_grpc).await) {
            (Ok(Some(http)), Ok(Some(grpc))) => {
                assert_contains(&grpc, &without_unknown(&http), place);
            }
            (Err(_), Err(_)) => {}
            // JSON has to say that something is denied, and Protocol Buffers leave out what is false.
            (Err(_), Ok(Some(grpc))) if case.mutation.path.ends_with("allowed") => {
                case.assert_kept(&grpc);
                assert_only_allowed(&grpc, &case.response, place);
            }
            (http, grpc) => panic!("{place}: {http:?} over HTTP, {grpc:?} over gRPC"),
        }
    }
    assert_eq!(service.requests().len(), cases.len(), "something was asked more than once");
}

#[tokio::test]
async fn every_operation_decodes_the_responses_of_v26() {
    every_operation_decodes("keto-v26.2.0", ApiVersion::Current).await;
}

#[tokio::test]
async fn every_operation_decodes_the_responses_of_the_next_version() {
    every_operation_decodes("keto-main", ApiVersion::Current).await;
}

#[tokio::test]
async fn every_operation_decodes_the_responses_of_v0_7() {
    every_operation_decodes("keto-v0.7.0-alpha.1", ApiVersion::V0_7).await;
}

/// Protocol Buffers leave out what is false, zero or empty. Nothing of that is an allow.
#[tokio::test]
async fn an_empty_message_allows_nothing() {
    let service = InMemory::new(|_| Ok(grpc(&[])));
    let keto = KetoGrpcClient::builder().read_url(URL).write_url(URL);
    let keto = keto.http(service.config()).build().unwrap();
    for operation in operations() {
        let expected = match operation.ids[0] {
            "postCheckPermission" => json!({"allowed": false}),
            // It has fewer results than there were questions.
            "batchCheckPermission" => {
                (operation.run)(&keto).await.unwrap_err();
                continue;
            }
            "getRelationships" => json!({"relation_tuples": [], "next_page_token": null}),
            "listRelationshipNamespaces" => json!({"namespaces": []}),
            "checkOplSyntax" => json!({"errors": []}),
            "isAlive" | "isReady" => json!(false),
            "getVersion" => json!({"version": ""}),
            _ => Value::Null,
        };
        assert_eq!((operation.run)(&keto).await.unwrap().unwrap(), expected, "{:?}", operation.ids);
    }
}

#[tokio::test]
async fn an_object_that_says_nothing_of_a_node_is_no_tree() {
    let nothing_there =
        include_str!("../../../keto-client/tests/fixtures/expand-nothing-v26.2.0.json");
    let not_trees = [nothing_there, "{}", r#"{"status":"ok"}"#, r#"{"code":404,"message":"x"}"#];
    let service = InMemory::in_turn(not_trees.map(|body| respond(200, body)));
    let keto = KetoClient::builder().read_url(URL).api_version(ApiVersion::Current);
    let keto = keto.http(service.config()).build().unwrap();
    let request = SubjectSet::new("app", "doc", "read").into();
    assert_eq!(keto.expand(&request).await.unwrap(), None);
    for _ in &not_trees[1..] {
        let error = keto.expand(&request).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Unexpected { .. }), "{error:?}");
    }
}
