//! A session counts only where everything that decides in the response says so.

use contract_tests::{
    assert_contains,
    in_memory::{InMemory, json as respond},
    openapi::{Document, Kind, Mutation, mutations},
};
use http::HeaderValue;
use kratos_client::{CachedSessions, Credential, KratosClient, MySessions, Sessions, Whoami};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What decides whether a session counts.
const DECIDES: [&str; 4] = ["active", "expires_at", "identity", "identity.state"];

/// Whether a session may count, and whether it has to, though something of it was mutated.
fn may_count(Mutation { path, kind, .. }: &Mutation, response: &Value) -> (bool, bool) {
    match (kind, path.as_str()) {
        (Kind::Unchanged | Kind::Added, _) => (true, true),
        (_, path) if DECIDES.contains(&path) => (false, false),
        // Any text may be an id, but for none.
        (_, "identity.id") => {
            let may = response["identity"]["id"].as_str().is_some_and(|id| !id.is_empty());
            (may, may)
        }
        (_, "id") => (true, false),
        _ => (true, true),
    }
}

/// Traits in a type of the application's own, which reads whatever they are.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Traits(Value);

async fn only_a_session_that_all_of_it_confirms_counts(document: &str) {
    let facts = Document::read(document);
    let (_, wholes) = facts.responses("toSession").unwrap();
    let of =
        |whole| mutations(whole).into_iter().map(move |mutation| (mutation.of(whole), mutation));
    let all: Vec<(Value, Mutation)> = wholes.iter().flat_map(of).collect();
    assert!(DECIDES.iter().all(|path| all.iter().any(|(_, mutation)| mutation.path == *path)));
    let responses = |(response, _): &(Value, _)| {
        let mut response = respond(200, response.to_string());
        let seconds = HeaderValue::from_static("60");
        response.headers_mut().insert("ory-session-cache-for", seconds);
        std::iter::repeat_n(response, CALLS)
    };
    let service = InMemory::in_turn(all.iter().flat_map(responses));
    let kratos = KratosClient::builder().public_url("http://kratos.test");
    let kratos = kratos.http(service.config()).build().unwrap();
    let cached = CachedSessions::new(kratos.clone());
    for (number, (response, mutation)) in all.iter().enumerate() {
        let place = format!("{document}: {:?} {}", mutation.kind, mutation.path);
        let (may, must) = may_count(mutation, response);
        let who = Credential::from_cookie_headers([format!("ory_kratos_session={number}")]);
        let whoami = kratos.whoami(&who).await;
        let again = cached.whoami(&who).await;
        assert_eq!(whoami.as_ref().ok(), again.as_ref().ok(), "{place}");
        let tokenized = kratos.tokenize(&who, "template").await;
        assert_eq!(whoami.as_ref().ok(), tokenized.as_ref().ok(), "{place}");
        let typed = kratos.whoami_as::<Traits>(&who).await.ok().and_then(Whoami::active);
        let brief: Option<Value> = kratos.active_session_as(&who).await.ok().flatten();
        let active = match whoami {
            Ok(Whoami::Active(session)) => {
                let kept = serde_json::to_value(&*session).unwrap();
                assert_contains(&kept, response, &place);
                Some(session)
            }
            Ok(Whoami::Inactive(_)) => None,
            Ok(other) => panic!("{place}: {other:?}"),
            Err(error) => {
                assert!(!may || mutation.path == "id", "{place}: {error}");
                None
            }
        };
        assert_eq!(active.is_some(), typed.is_some(), "{place}");
        assert_eq!(cached.cached(&who).is_some(), active.is_some(), "{place}");
        for counts in [active.is_some(), brief.is_some()] {
            assert!(counts || !must, "{place}: it does not count");
            assert!(!counts || may, "{place}: it counts");
        }
    }
    assert_eq!(service.requests().len(), all.len() * CALLS);
}

/// How often each response is asked for.
const CALLS: usize = 5;

#[tokio::test]
async fn a_session_of_v26_counts_only_where_all_of_it_says_so() {
    only_a_session_that_all_of_it_confirms_counts("kratos-v26.2.0").await;
}

#[tokio::test]
async fn a_session_of_the_next_version_counts_only_where_all_of_it_says_so() {
    only_a_session_that_all_of_it_confirms_counts("kratos-main").await;
}

#[tokio::test]
async fn a_session_of_v0_8_counts_only_where_all_of_it_says_so() {
    only_a_session_that_all_of_it_confirms_counts("kratos-v0.8.0-alpha.3").await;
}
