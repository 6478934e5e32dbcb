//! Ketos without a network: the routes of two versions, and a response that fits each.

use crate::line;
use bytes::Bytes;
use contract_tests::in_memory::{Answer, error, grpc, grpc_status, json, no_route};
use http::Request;
use keto_client::{ApiVersion, HttpConfig, KetoClient, KetoGrpcClient};
use serde_json::{Value, json};

const READ: &str = "http://127.0.0.1:1";
const WRITE: &str = "http://127.0.0.1:2";
const OPL: &str = "http://127.0.0.1:3";

/// A client of one of these servers.
pub(crate) fn client(http: HttpConfig, api_version: ApiVersion) -> KetoClient {
    let builder = KetoClient::builder().read_url(READ).write_url(WRITE).opl_url(OPL);
    builder.api_version(api_version).http(http).build().unwrap()
}

/// A gRPC client of one of these servers.
pub(crate) fn grpc_client(http: HttpConfig) -> KetoGrpcClient {
    let builder = KetoGrpcClient::builder().read_url(READ).write_url(WRITE).opl_url(OPL);
    builder.http(http).build().unwrap()
}

/// Keto v26.2, which takes so many tuples in a batch; none is a server without the operation.
pub(crate) fn current(request: &Request<Bytes>, batch_limit: Option<usize>) -> Answer {
    let port = request.uri().port_u16().unwrap();
    Ok(match (port, line(request).as_str()) {
        (1, "GET /relation-tuples/check/openapi") => error(400, "subject is not allowed to be nil"),
        (1, "POST /relation-tuples/check/openapi") => json(200, r#"{"allowed":false}"#),
        (1, "POST /relation-tuples/batch/check") if batch_limit.is_some() => {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            let tuples = body["tuples"].as_array().unwrap().len();
            let limit = batch_limit.unwrap_or_default();
            match tuples > limit {
                true => error(400, &format!("batch exceeds max size of {limit}")),
                false => {
                    let results = vec![json!({"allowed": false}); tuples];
                    json(200, json!({"results": results}).to_string())
                }
            }
        }
        (1, "GET /relation-tuples/expand") => {
            json(200, r#"{"code":404,"message":"no relation tuple found"}"#)
        }
        (1, "GET /namespaces") => json(200, r#"{"namespaces":[]}"#),
        (2, "PATCH /admin/relation-tuples") if request.body().is_empty() => error(400, "EOF"),
        (2, "PUT /admin/relation-tuples") => json(201, "{}"),
        (2, "PATCH /admin/relation-tuples" | "DELETE /admin/relation-tuples") => json(204, ""),
        (3, "POST /opl/syntax/check") => json(200, "{}"),
        (1 | 2, _) => return both(request),
        _ => no_route(),
    })
}

/// Keto v0.7.
pub(crate) fn v0_7(request: &Request<Bytes>) -> Answer {
    let port = request.uri().port_u16().unwrap();
    Ok(match (port, line(request).as_str()) {
        (1, "GET /check") => error(400, "Subject has to be specified."),
        (1, "POST /check") => json(403, r#"{"allowed":false}"#),
        (1, "GET /expand") => json(200, "null"),
        (2, "PATCH /relation-tuples") if request.body().is_empty() => error(400, "EOF"),
        (2, "PUT /relation-tuples") => json(201, "{}"),
        (2, "PATCH /relation-tuples" | "DELETE /relation-tuples") => json(204, ""),
        (1 | 2, _) => return both(request),
        _ => no_route(),
    })
}

/// What the APIs of both versions have.
fn both(request: &Request<Bytes>) -> Answer {
    let is_read = request.uri().port_u16() == Some(1);
    Ok(match line(request).as_str() {
        "GET /relation-tuples" if is_read => {
            json(200, r#"{"relation_tuples":[],"next_page_token":""}"#)
        }
        "GET /health/alive" | "GET /health/ready" => json(200, r#"{"status":"ok"}"#),
        "GET /version" => json(200, r#"{"version":"v1"}"#),
        _ => no_route(),
    })
}

/// Keto v26.2 over gRPC: everything is denied, and nothing is there.
pub(crate) fn over_grpc(request: &Request<Bytes>, batch_limit: usize) -> Answer {
    if !request.uri().path().ends_with("CheckService/BatchCheck") {
        return Ok(grpc(b""));
    }
    let tuples = repeated_fields(&request.body()[5..]);
    Ok(match tuples > batch_limit {
        // InvalidArgument
        true => grpc_status(3, &format!("batch exceeds max size of {batch_limit}")),
        // Results, each an empty message.
        false => grpc(&[0x0a, 0].repeat(tuples)),
    })
}

/// How many messages are in the first field of a message that has nothing else.
fn repeated_fields(mut message: &[u8]) -> usize {
    let mut fields = 0;
    while let [0x0a, length, rest @ ..] = message {
        assert!(*length < 128, "the messages of the test are short");
        message = &rest[usize::from(*length)..];
        fields += 1;
    }
    assert!(message.is_empty());
    fields
}
