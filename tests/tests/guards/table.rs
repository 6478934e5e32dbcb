//! The table in `GUARDS.md`: what each caller gets. `UPDATE_GUARDS=1` writes it.

use crate::{
    cases::{CALLERS, METHODS, OUTCOMES, Outcome, request, response},
    forward_auth::{proxies, send},
    frameworks::PAGE,
    servers::Servers,
};
use bytes::Bytes;
use http::Response;
use std::fmt::Write;

#[actix_web::test]
async fn the_table_of_answers_is_true() {
    let mut table = String::from(
        "# What callers of a guarded route get\n\n\
         The route needs a session and a permission. `cargo test -p contract-tests --test guards` sends each \
         request to the\nsame application in actix-web, axum and tower, twice, with and without caches, and holds \
         this table against what\nhappens. Each request costs at most one `whoami` and one check, and none that a \
         cache can answer. Only `200` shows\nthe page.\n\n",
    );
    let methods: Vec<_> = METHODS.iter().map(|(name, ..)| *name).collect();
    let head = |columns: &str| {
        let line = "|---".repeat(columns.split('|').count() + METHODS.len());
        format!("| {columns} | {} |\n{line}|\n", methods.join(" | "))
    };
    table.push_str(&head("outcome | caller"));
    for outcome in &OUTCOMES {
        for (caller, (caller_name, _)) in CALLERS.iter().enumerate() {
            write!(table, "| {} | {caller_name} |", outcome.name).unwrap();
            for method in 0..METHODS.len() {
                let response = response(outcome, caller, method).await;
                write!(table, " {} |", describe(&response)).unwrap();
            }
            table.push('\n');
        }
    }
    table.push_str(
        "\n\"problem\" is a body of `application/problem+json`, \"HTML\" a page. The server leaves the body of a \
         response to `HEAD` out.\n",
    );
    table.push_str(
        "\n## What proxies get that ask about a route\n\n\
         nginx, Traefik, Caddy and Envoy ask `ForwardAuth` in axum and actix-web about the same requests. The \
         caller\nmakes no difference: a proxy gets no redirect and no page, and only `200` is an allow. A \
         preflight has no\ncredential: let the proxy answer it, or not ask about it.\n\n",
    );
    table.push_str(&head("outcome"));
    for outcome in &OUTCOMES {
        write!(table, "| {} |", outcome.name).unwrap();
        for method in 0..METHODS.len() {
            let response = response_to_proxies(outcome, method).await;
            write!(table, " {} |", describe(&response)).unwrap();
        }
        table.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/GUARDS.md");
    if std::env::var_os("UPDATE_GUARDS").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), table);
}

/// What each proxy gets, whoever the caller is.
async fn response_to_proxies(outcome: &Outcome, method: usize) -> Response<Bytes> {
    let (_, name, _) = METHODS[method];
    let mut responses = Vec::new();
    for caller in 0..CALLERS.len() {
        let (asked_about, ()) = request(outcome, caller, method).into_parts();
        for (forward, mut request) in proxies(name, "/page?tab=2") {
            for (name, value) in &asked_about.headers {
                request.headers_mut().insert(name, value.clone());
            }
            let servers = Servers::new(outcome.kratos, outcome.keto);
            let (sessions, permissions) = (servers.sessions(), servers.authorization());
            responses.extend(send(&forward, &sessions, &permissions, request).await);
        }
    }
    let first = responses.swap_remove(0);
    for other in responses {
        assert_eq!(other.status(), first.status());
        let is_head = name == "HEAD";
        assert!(is_head || other.body() == first.body());
    }
    first
}

fn describe(response: &Response<Bytes>) -> String {
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
    let status = response.status().as_u16();
    let back = "return_to=http%3A%2F%2Fapp.test%2Fpage%3Ftab%3D2%26returned_from%3D";
    match header("location") {
        Some(to) if to == format!("http://ui.test/login?{back}login") => format!("{status} login"),
        Some(to) if to.starts_with("http://kratos.test/") && to.contains(back) => {
            format!("{status} second factor")
        }
        Some(to) => panic!("{to}"),
        None if response.body() == PAGE || response.body().is_empty() => status.to_string(),
        None => match header("content-type") {
            Some("application/problem+json") => format!("{status} problem"),
            Some("text/html; charset=utf-8") => format!("{status} HTML"),
            other => panic!("{other:?}"),
        },
    }
}
