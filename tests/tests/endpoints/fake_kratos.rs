//! Kratoses without a network: the routes of two versions, and a response that fits each.

use crate::line;
use bytes::Bytes;
use contract_tests::in_memory::{Answer, error, json, no_route};
use http::{HeaderValue, Method, Request, header::LINK};
use kratos_client::{ApiVersion, HttpConfig, KratosClient};
use serde_json::json;

const PUBLIC: &str = "http://127.0.0.1:1";
const ADMIN: &str = "http://127.0.0.1:2";

/// A client of one of these servers.
pub(crate) fn client(http: HttpConfig, api_version: ApiVersion) -> KratosClient {
    let builder = KratosClient::builder().public_url(PUBLIC).admin_url(ADMIN);
    builder.api_version(api_version).http(http).build().unwrap()
}

fn is_admin(request: &Request<Bytes>) -> bool {
    request.uri().port_u16() == Some(2)
}

/// Kratos v26.2, which also answers the admin API's old routes.
pub(crate) fn current(request: &Request<Bytes>) -> Answer {
    let path = request.uri().path();
    if !is_admin(request) {
        return match line(request).as_str() {
            "GET /sessions" if !request.headers().contains_key("x-session-token") => {
                Ok(error(401, "No active session was found in this request."))
            }
            "GET /sessions" => {
                let identity = json!({"id": "i", "schema_id": "default", "traits": {}});
                let session = json!({"id": "session", "active": true, "identity": identity});
                Ok(json(200, json!([session]).to_string()))
            }
            "DELETE /sessions" => Ok(json(200, r#"{"count":1}"#)),
            "GET /sessions/token-exchange" => Ok(error(404, "no session yet")),
            "POST /self-service/fed-cm/token" => Ok(error(400, "bad token")),
            _ if request.method() == Method::DELETE && path.starts_with("/sessions/") => {
                Ok(json(204, ""))
            }
            _ => public(request),
        };
    }
    // Refuses to count as many pages.
    if request.uri().query().is_some_and(|query| query.contains("page=1000000")) {
        return Ok(error(400, "Legacy pagination is not supported"));
    }
    let path = path.strip_prefix("/admin").unwrap_or(path);
    let mut response = admin(request, path)?;
    if path == "/identities" {
        let link = "</admin/identities?page_size=250&page_token=0>; rel=\"first\"";
        response.headers_mut().insert(LINK, HeaderValue::from_static(link));
    }
    Ok(response)
}

/// Kratos v0.8.
pub(crate) fn v0_8(request: &Request<Bytes>) -> Answer {
    let path = request.uri().path();
    let absent = ["/admin/", "/sessions", "/courier", "/recovery/code"];
    if !is_admin(request) {
        return public(request);
    }
    if absent.iter().any(|absent| path.starts_with(absent)) {
        return Ok(no_route());
    }
    let mut response = admin(request, path)?;
    if line(request) == "GET /identities" {
        let link = "<http://127.0.0.1:2/identities?page=0&per_page=1>; rel=\"first\"";
        response.headers_mut().insert(LINK, HeaderValue::from_static(link));
    }
    Ok(response)
}

/// What the public APIs of both versions have.
fn public(request: &Request<Bytes>) -> Answer {
    Ok(match line(request).as_str() {
        "GET /sessions/whoami" => error(401, "No active session was found in this request."),
        "GET /schemas" => json(200, "[]"),
        "GET /health/alive" | "GET /health/ready" => json(200, r#"{"status":"ok"}"#),
        _ => no_route(),
    })
}

fn admin(request: &Request<Bytes>, path: &str) -> Answer {
    let id = "00000000-0000-0000-0000-000000000000";
    let identity = json!({"id": "i", "schema_id": "default", "traits": {}}).to_string();
    let (method, segments) = (request.method(), path.split('/').skip(1).collect::<Vec<_>>());
    Ok(match (method.as_str(), segments.as_slice()) {
        ("GET", ["identities", nobody]) if *nobody == id => error(404, "Unable to locate"),
        ("GET", ["identities" | "sessions"] | ["identities", _, "sessions"]) => json(200, "[]"),
        ("GET", ["courier", "messages"]) => json(200, "[]"),
        ("GET" | "PUT" | "PATCH", ["identities", ..]) if segments.len() > 1 => json(200, identity),
        ("PATCH", ["identities"]) => json(200, r#"{"identities":[{"identity":"i"}]}"#),
        ("POST", ["identities"]) => json(201, identity),
        ("DELETE", ["identities" | "sessions", ..]) => json(204, ""),
        ("PATCH", ["sessions", _, "extend"]) => json(204, ""),
        ("GET", ["sessions", _]) => json(200, r#"{"id":"session","active":true}"#),
        ("POST", ["recovery", "link"]) => json(200, r#"{"recovery_link":"http://x.test/"}"#),
        ("POST", ["recovery", "code"]) => {
            json(201, r#"{"recovery_link":"http://x.test/","recovery_code":"1"}"#)
        }
        ("GET", ["courier", "messages", _]) => error(404, "Unable to locate"),
        ("GET", ["health", _]) => json(200, r#"{"status":"ok"}"#),
        ("GET", ["version"]) => json(200, r#"{"version":"v1"}"#),
        _ => no_route(),
    })
}
