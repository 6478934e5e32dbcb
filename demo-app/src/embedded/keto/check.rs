//! Checks.

use super::{
    query::{nil_subject, query_of, whole},
    store::Store,
};
use crate::{embedded::error::WireError, methods::Methods};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Query},
};
use keto_client::RelationTuple;
use serde::Deserialize;
use serde_json::{Value, json};

/// How a denial is told.
#[derive(Clone, Copy)]
pub(super) enum Status {
    /// 200, as an allow.
    Ok,
    /// 403.
    Mirrors,
}

/// Adds checks to a path.
pub(super) fn on(path: Methods, status: Status) -> Methods {
    path.get(move |store, request: HttpRequest, depth| async move {
        let query = query_of(request.query_string());
        answer(&store, query.and_then(|query| whole(&query)), &depth, status)
    })
    .post(move |store, body: Bytes, depth| async move {
        let tuple = serde_json::from_slice::<Value>(&body)
            .and_then(serde_json::from_value)
            .map_err(|_| nil_subject());
        answer(&store, tuple, &depth, status)
    })
}

#[derive(Deserialize)]
pub(super) struct Depth {
    #[serde(rename = "max-depth")]
    pub(super) max_depth: Option<u32>,
}

fn answer(
    store: &Data<Store>,
    tuple: Result<RelationTuple, WireError>,
    depth: &Query<Depth>,
    status: Status,
) -> HttpResponse {
    let checked = tuple.and_then(|tuple| {
        store.accepts(&tuple.subject)?;
        Ok(store.check(&tuple, depth.max_depth))
    });
    let allowed = match checked {
        Ok(allowed) => allowed,
        Err(error) => return error.into(),
    };
    let status = match (allowed, status) {
        (false, Status::Mirrors) => StatusCode::FORBIDDEN,
        _ => StatusCode::OK,
    };
    HttpResponse::build(status).json(json!({"allowed": allowed}))
}
