//! Keto's JSON is that of Protocol Buffers, which leaves out what is empty.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::mock_server::{MockResponse, MockServer};
use keto_client::{
    ApiVersion, Check, KetoClient, ListRelationships, Namespaces, Permissions, RelationQuery,
    Relationships,
};

async fn keto(body: &str) -> (MockServer, KetoClient) {
    let server = MockServer::start([MockResponse::new(200, body)]).await;
    let client =
        KetoClient::builder().read_url(server.url.as_str()).api_version(ApiVersion::Current);
    let client = client.build().unwrap();
    (server, client)
}

#[tokio::test]
async fn an_empty_list_may_be_left_out() {
    let (_server, keto) = keto("{}").await;
    assert_eq!(keto.list_namespaces().await.unwrap(), []);
    let page =
        keto.list_relationships_page(&ListRelationships::new(RelationQuery::new())).await.unwrap();
    assert_eq!((page.items.len(), page.next), (0, None));
}

/// What decides is never taken for granted.
#[tokio::test]
async fn a_decision_may_not_be_left_out() {
    let (_server, keto) = keto("{}").await;
    let check = Check::new("app:homepage#read@ann".parse().unwrap());
    keto.check(&check).await.unwrap_err();
}
