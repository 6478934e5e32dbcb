//! The routes of both APIs.

use super::{KetoVersion, batch, check, expand, relationships, state::Keto, syntax};
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use ory_http::testing::{AutomaticMethod, Call, ErrorEnvelope, Router, json};
use serde_json::json;

/// What every route returns.
pub(super) type Answer = Result<Response<Bytes>, ErrorEnvelope>;

pub(super) fn read(version: KetoVersion) -> Router<Keto> {
    let both = [Method::GET, Method::POST];
    let routes = metadata(version).get("/relation-tuples", relationships::list);
    match version {
        KetoVersion::V0_7 => {
            routes.route(&both, "/check", check::mirrored).get("/expand", expand::expand)
        }
        KetoVersion::Current | KetoVersion::OryNetwork => routes
            .route(&both, "/relation-tuples/check", check::mirrored)
            .route(&both, "/relation-tuples/check/openapi", check::always_ok)
            .post("/relation-tuples/batch/check", batch::check)
            .get("/relation-tuples/expand", expand::expand)
            .get("/namespaces", namespaces),
    }
}

pub(super) fn write(version: KetoVersion) -> Router<Keto> {
    let path = match version {
        KetoVersion::V0_7 => "/relation-tuples",
        KetoVersion::Current | KetoVersion::OryNetwork => "/admin/relation-tuples",
    };
    metadata(version)
        .route(&[Method::PUT], path, relationships::create)
        .route(&[Method::PATCH], path, relationships::patch)
        .route(&[Method::DELETE], path, relationships::delete)
}

/// Keto v0.7 has no such API.
pub(super) fn syntax(version: KetoVersion) -> Router<Keto> {
    match version {
        KetoVersion::V0_7 => Router::new(AutomaticMethod::Options),
        KetoVersion::Current | KetoVersion::OryNetwork => {
            metadata(version).post("/opl/syntax/check", syntax::check)
        }
    }
}

fn metadata(version: KetoVersion) -> Router<Keto> {
    let automatic = match version {
        KetoVersion::V0_7 => AutomaticMethod::Options,
        KetoVersion::Current | KetoVersion::OryNetwork => AutomaticMethod::Head,
    };
    let health = |_: &Keto, _: &Call<'_>| Ok(json(StatusCode::OK, &json!({"status": "ok"})));
    Router::new(automatic).get("/health/alive", health).get("/health/ready", health).get(
        "/version",
        |_, _| {
            let version = concat!("testing-", env!("CARGO_PKG_VERSION"));
            Ok(json(StatusCode::OK, &json!({"version": version})))
        },
    )
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of a route")]
fn namespaces(keto: &Keto, _: &Call<'_>) -> Answer {
    let names: Vec<_> = keto.namespaces.iter().map(|name| json!({"name": name})).collect();
    // Keto leaves out what is empty.
    let body = if names.is_empty() { json!({}) } else { json!({"namespaces": names}) };
    Ok(json(StatusCode::OK, &body))
}
