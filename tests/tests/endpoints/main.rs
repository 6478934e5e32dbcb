//! What an endpoint of a client does with its requests, over HTTP and gRPC alike: where they go and
//! what they carry, what follows a server of another version, and when they end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::unnecessary_wraps,
    clippy::match_same_arms,
    clippy::items_after_statements,
    clippy::print_stdout,
    reason = "a test: fake servers answer as services do, one line a route"
)]

mod credentials;
mod deadlines;
mod fake_keto;
mod fake_kratos;
mod headers;
mod keto_operations;
mod kratos_operations;
mod proxies;
mod retries;
mod routes;
mod services;
mod spans;
mod tls;
#[cfg(unix)]
mod unix_sockets;
mod urls;
mod versions;

use http::Request;
use keto_client::ApiKey;
use std::{collections::BTreeSet, future::Future};

type Call<'a> = futures_util::future::BoxFuture<'a, Result<(), keto_client::Error>>;

/// One way to call an operation of a server's OpenAPI document.
struct Operation<'a> {
    id: &'static str,
    carries: Carries,
    call: Call<'a>,
}

/// Whose credential the requests of an operation carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carries {
    /// The client's API key.
    ApiKey,
    /// The session cookie or token of a person.
    Person,
    /// None.
    Nothing,
}

fn operation<'a, T>(
    id: &'static str,
    carries: Carries,
    call: impl Future<Output = Result<T, keto_client::Error>> + Send + 'a,
) -> Operation<'a> {
    Operation { id, carries, call: Box::pin(async move { call.await.map(drop) }) }
}

fn api_key() -> ApiKey {
    ApiKey::new("planted-api-key").unwrap()
}

/// That the operations are those of a document's list, but for these.
fn assert_complete(operations: &[Operation<'_>], list: &str, without: &[&str]) {
    let called: BTreeSet<_> = operations.iter().map(|operation| operation.id).collect();
    let listed = list.lines().filter(|id| !without.contains(id));
    assert_eq!(called, listed.collect::<BTreeSet<_>>());
}

/// The method and the path of a request.
fn line<T>(request: &Request<T>) -> String {
    format!("{} {}", request.method(), request.uri().path())
}
