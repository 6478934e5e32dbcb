//! What Keto's refusals mean and what to do about them, over HTTP and gRPC.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::in_memory::{InMemory, error, grpc_status, json, no_route};
use keto_client::{
    BatchPermissions, Check, CheckError, Decision, Error, ErrorExt, ErrorKind, KetoClient,
    KetoGrpcClient, Permissions, RelationTuple, Relationships,
};
use std::sync::Arc;

const URL: &str = "http://keto.test";
const NO_SUBJECT_ID: &str = "subject_id is not supported; please migrate to subject sets";
const NO_NAMESPACE: &str = "Unknown namespace with name \"app\".";

fn http(service: &Arc<InMemory>) -> KetoClient {
    let client = KetoClient::builder().read_url(URL).write_url(URL).http(service.config());
    client.api_version(keto_client::ApiVersion::Current).build().unwrap()
}

fn tuple() -> RelationTuple {
    "app:homepage#read@ann".parse().unwrap()
}

/// A write that the server refuses, over HTTP and over gRPC.
async fn refused(status: u16, code: u8, reason: &'static str) -> [Error; 2] {
    let over_http = http(&InMemory::new(move |_| Ok(error(status, reason))));
    let service = InMemory::new(move |_| Ok(grpc_status(code, reason)));
    let over_grpc = KetoGrpcClient::builder().read_url(URL).write_url(URL);
    let over_grpc = over_grpc.http(service.config()).build().unwrap();
    [
        over_http.create_relationship(&tuple()).await.unwrap_err(),
        over_grpc.create_relationship(&tuple()).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn a_refused_subject_id_says_what_to_write_instead() {
    for error in refused(400, 3, NO_SUBJECT_ID).await {
        assert!(error.is_subject_id_refused() && !error.is_unknown_namespace(), "{error}");
        let text = error.to_string();
        assert!(text.contains(NO_SUBJECT_ID) && text.contains("such as User:ann"), "{text}");
    }
}

#[tokio::test]
async fn an_unknown_namespace_says_where_to_add_it() {
    for error in refused(404, 5, NO_NAMESPACE).await {
        assert!(error.is_unknown_namespace() && !error.is_subject_id_refused(), "{error}");
        assert!(error.to_string().contains("ory update opl"), "{error}");
    }
}

#[tokio::test]
async fn other_errors_are_neither_and_have_no_hint() {
    // The same words with another status are another error.
    for (status, code, reason) in
        [(400, 3, "no such thing"), (404, 5, NO_SUBJECT_ID), (400, 3, NO_NAMESPACE)]
    {
        for error in refused(status, code, reason).await {
            assert!(!error.is_subject_id_refused() && !error.is_unknown_namespace(), "{error}");
            assert_eq!(error.server_error().unwrap().hint(), None);
        }
    }
    let kind = ErrorKind::UnknownName { kind: "relation", name: "x".into() };
    assert!(!Error::new("check", kind).is_unknown_namespace());
    let kind = ErrorKind::UnknownName { kind: "namespace", name: "x".into() };
    assert!(Error::new("check", kind).is_unknown_namespace());
}

#[tokio::test]
async fn a_check_of_a_refused_subject_id_is_an_error_and_no_denial() {
    let check = Check::new(tuple());
    let keto = http(&InMemory::new(|_| Ok(error(400, NO_SUBJECT_ID))));
    assert!(keto.check(&check).await.unwrap_err().is_subject_id_refused());

    let results = serde_json::json!({"results": [
        {"allowed": false, "error": NO_SUBJECT_ID}, {"allowed": false}, {"allowed": false, "error": "x"},
    ]});
    let keto = http(&InMemory::new(move |_| Ok(json(200, results.to_string()))));
    let checks = [check.clone(), check.clone(), check];
    let [refused, denied, other] = keto.batch_check(&checks).await.unwrap().try_into().unwrap();
    let refused = refused.unwrap_err();
    assert!(refused.is_subject_id_refused() && !refused.is_unknown_namespace());
    assert!(refused.to_string().contains("such as User:ann"), "{refused}");
    assert_eq!(denied, Ok(Decision::Denied));
    assert!(!other.unwrap_err().is_subject_id_refused());
    let unknown = CheckError::UnknownName { kind: "namespace", name: "app".into() };
    assert!(unknown.is_unknown_namespace() && !unknown.is_subject_id_refused());
}

/// In strict mode, versions after v26.2 do not decide a check that reaches a limit.
#[tokio::test]
async fn a_check_that_reached_a_limit_is_neither_allowed_nor_denied() {
    let check = Check::new(tuple());
    for reason in [
        "max_depth_exceeded",
        "max_width_exceeded",
        "The check was aborted after too many resolution steps. This usually indicates a cycle.",
    ] {
        let over_http = http(&InMemory::new(move |_| Ok(error(422, reason))));
        let service = InMemory::new(move |_| Ok(grpc_status(9, reason)));
        let over_grpc = KetoGrpcClient::builder().read_url(URL).http(service.config());
        let over_grpc = over_grpc.build().unwrap();
        for error in
            [over_http.check(&check).await.unwrap_err(), over_grpc.check(&check).await.unwrap_err()]
        {
            assert!(error.is_check_limit_exceeded() && !error.is_retryable(), "{error:?}");
            assert!(error.to_string().contains("raise limit.max_read_depth"), "{error}");
        }
        let results = serde_json::json!({"results": [
            {"allowed": false, "error": reason}, {"allowed": false}, {"allowed": true, "error": reason},
        ]});
        let keto = http(&InMemory::new(move |_| Ok(json(200, results.to_string()))));
        let checks = [check.clone(), check.clone(), check.clone()];
        let [reached, denied, allowed] =
            keto.batch_check(&checks).await.unwrap().try_into().unwrap();
        assert_eq!(reached, Err(CheckError::LimitExceeded { reason: reason.into() }));
        assert_eq!(denied, Ok(Decision::Denied));
        assert!(allowed.unwrap_err().is_check_limit_exceeded());
    }
    // The same status with another reason says nothing about a limit.
    let keto = http(&InMemory::new(|_| Ok(error(422, "something else"))));
    assert!(!keto.check(&check).await.unwrap_err().is_check_limit_exceeded());
}

/// What is not decided is not cached, and a server without batches has the same outcome.
#[tokio::test]
async fn a_check_that_reached_a_limit_is_asked_again() {
    let service = InMemory::new(|request| {
        Ok(match request.uri().path().ends_with("/batch/check") {
            true => no_route(),
            false => error(422, "max_depth_exceeded"),
        })
    });
    let keto = keto_client::CachedPermissions::new(http(&service));
    let check = Check::new(tuple());
    for _ in 0..2 {
        assert!(keto.check(&check).await.unwrap_err().is_check_limit_exceeded());
        let results = keto.batch_check(std::slice::from_ref(&check)).await.unwrap();
        assert!(results[0].as_ref().unwrap_err().is_check_limit_exceeded());
    }
    assert_eq!(service.take_requests().len(), 2 + 3);
}
