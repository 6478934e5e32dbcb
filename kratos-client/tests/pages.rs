//! Lists from servers that count their pages each in its own way: whoever walks them sees
//! everybody, and nobody twice.

#![allow(clippy::unwrap_used, reason = "a test")]

mod serve;

use futures_util::TryStreamExt;
use kratos_client::{
    ApiVersion, Identities, IdentitiesExt, KratosClient, ListIdentities, ListIdentitySessions,
};
use serde_json::{Value, json};
use serve::start;

/// How a server counts the pages of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Counts {
    /// From 0 in its `Link` header and from 1 in its answers, as both Kratoses do.
    Wrong,
    /// From 0 everywhere.
    Right,
}

/// Says where the next page is as both Kratoses do: there always is one where there is nothing.
async fn server(counts: Counts, total: usize, item: fn(usize) -> Value) -> KratosClient {
    let url = start(move |line| {
        let url = url::Url::parse("http://x.test").unwrap().join(line.split(' ').nth(1).unwrap());
        let number = |name: &str, default| {
            let url = url.as_ref().unwrap();
            let value = url.query_pairs().find(|(key, _)| key == name);
            value.map_or(default, |(_, value)| value.parse::<usize>().unwrap())
        };
        let (size, page) = (number("per_page", 250), number("page", 0));
        let skip = if counts == Counts::Wrong { page.saturating_sub(1) } else { page } * size;
        let items: Vec<_> = (0..total).skip(skip).take(size).map(item).collect();
        let more = total == 0 || (page + 1) * size < total;
        let link = if more {
            format!("link: </x?page={}>; rel=next\r\n", page + 1)
        } else {
            String::new()
        };
        let body = Value::from(items).to_string();
        let length = body.len();
        format!(
            "HTTP/1.1 200 X\r\nconnection: close\r\ncontent-type: application/json\r\n{link}\
             content-length: {length}\r\n\r\n{body}"
        )
    });
    let url = url.await;
    let client = KratosClient::builder().public_url(&url).admin_url(&url);
    let api_version =
        if item(0).get("traits").is_some() { ApiVersion::V0_8 } else { ApiVersion::Current };
    client.api_version(api_version).build().unwrap()
}

#[tokio::test]
async fn sessions_of_an_identity() {
    for counts in [Counts::Wrong, Counts::Right] {
        for total in 0..6 {
            let kratos = server(counts, total, |number| json!({"id": number.to_string()})).await;
            for size in 1..5 {
                let request = ListIdentitySessions::new("x").page_size(size);
                let list = kratos.list_identity_sessions(request);
                let all: Vec<_> =
                    list.map_ok(|session| session.id.to_string()).try_collect().await.unwrap();
                let expected: Vec<_> = (0..total).map(|number| number.to_string()).collect();
                assert_eq!(all, expected, "{counts:?}, page size {size}");
            }
        }
    }
}

#[tokio::test]
async fn identities_of_v0_8() {
    let item = |number: usize| json!({"id": number.to_string(), "schema_id": "x", "traits": {}});
    for total in 0..6 {
        let kratos = server(Counts::Wrong, total, item).await;
        for size in 1..5 {
            let list = kratos.list_identities(ListIdentities::new().page_size(size));
            let all: Vec<_> =
                list.map_ok(|identity| identity.id.to_string()).try_collect().await.unwrap();
            let expected: Vec<_> = (0..total).map(|number| number.to_string()).collect();
            assert_eq!(all, expected, "page size {size}");
        }
        let wrong = ListIdentities::new().page_token("no-number");
        let error = kratos.list_identities_page(&wrong).await.unwrap_err();
        assert_eq!(error.to_string(), "list identities: the page token belongs to another list");
    }
}
