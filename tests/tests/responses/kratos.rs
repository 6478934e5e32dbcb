//! What the Kratos client makes of each response: every operation reads all of them but those without
//! what it needs, and loses nothing of them.

use crate::kratos_operations::{OTHERS, operations};
use contract_tests::{
    in_memory::{InMemory, json as respond},
    openapi::{Case, Document},
};
use kratos_client::{ApiVersion, KratosClient};
use serde_json::{Value, json};

/// At most so many mutations of an operation's responses are tried.
const MUTATIONS: usize = 60;

/// Makes what the documents can't say right: which types a node has, and that an entry of a batch
/// has one of two things.
fn correct(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(correct),
        Value::Object(fields) => {
            fields.values_mut().for_each(correct);
            if let Some(kind) = fields.get("attributes").and_then(|of| of.get("node_type")).cloned()
            {
                fields.insert("type".into(), kind);
            }
            if fields.get("ui").is_some() {
                fields.insert("state".into(), "choose_method".into());
            }
            if let Some(Value::Array(entries)) = fields.get_mut("identities") {
                let mut entry = entries.pop().unwrap();
                entry.as_object_mut().unwrap().remove("error");
                entries.push(entry.clone());
                entry.as_object_mut().unwrap().remove("identity");
                entry["error"] = json!({"code": 409, "message": "conflict"});
                entries.push(entry);
            }
            for (name, value) in fields {
                if name.ends_with("_url") || name.ends_with("_link") {
                    *value = "http://ory.test/?token=t".into();
                }
            }
        }
        _ => {}
    }
}

/// Whether something that can't be read is lost: a token is none that can't be sent, and so is not
/// kept, and neither is what stands beside it in place of a session and the like.
fn is_not_kept(case: &Case<'_, KratosClient>) -> bool {
    let beside_a_token = ["updateLoginFlow", "updateRegistrationFlow", "exchangeSessionToken"];
    let fields = ["session_token", "continue_with", "session", "identity"];
    beside_a_token.contains(&case.operation.ids[0]) && fields.contains(&case.mutation.path.as_str())
}

async fn every_operation_decodes(document: &str, api_version: ApiVersion) {
    let (document, operations) = (Document::read(document), operations());
    let cases = document.cases(&operations, OTHERS, MUTATIONS, correct);
    let responses: Vec<_> =
        cases.iter().map(|case| respond(case.status, case.response.to_string())).collect();
    let service = InMemory::in_turn(responses);
    let url = "http://kratos.test";
    let kratos = KratosClient::builder().public_url(url).admin_url(url).api_version(api_version);
    let kratos = kratos.http(service.config()).build().unwrap();
    for case in &cases {
        match (case.operation.run)(&kratos).await {
            Ok(Some(value)) if !is_not_kept(case) => case.assert_kept(&value),
            Ok(_) => {}
            Err(error) => case.assert_may_fail(&error),
        }
    }
    assert_eq!(service.requests().len(), cases.len(), "something was asked more than once");
}

#[tokio::test]
async fn every_operation_decodes_the_responses_of_v26() {
    every_operation_decodes("kratos-v26.2.0", ApiVersion::Current).await;
}

#[tokio::test]
async fn every_operation_decodes_the_responses_of_the_next_version() {
    every_operation_decodes("kratos-main", ApiVersion::Current).await;
}

#[tokio::test]
async fn every_operation_decodes_the_responses_of_v0_8() {
    every_operation_decodes("kratos-v0.8.0-alpha.3", ApiVersion::V0_8).await;
}
