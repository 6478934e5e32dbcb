//! Expanding subject sets.

use super::{Wire, store::Store};
use crate::embedded::error::WireError;
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use keto_client::{Subject, SubjectSet};
use serde_json::{Value, json};
use std::collections::HashSet;

pub(super) async fn expand(store: Data<Store>, request: HttpRequest) -> HttpResponse {
    match tree(&store, request.query_string()) {
        Ok(tree) => HttpResponse::Ok().json(tree),
        Err(error) => error.into(),
    }
}

fn tree(store: &Store, text: &str) -> Result<Value, WireError> {
    let find = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(text.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let get = |name| find(name).unwrap_or_default();
    let bad = |message| WireError::new(StatusCode::BAD_REQUEST, message);
    let depth = match (find("max-depth"), store.wire) {
        (None, Wire::V0_7) => return Err(bad("required query parameter 'max-depth' is missing")),
        (None, Wire::Current | Wire::Network) => None,
        (Some(depth), _) => {
            Some(depth.parse().map_err(|_| bad("unable to parse 'max-depth' query parameter"))?)
        }
    };
    let set = SubjectSet::new(get("namespace"), get("object"), get("relation"));
    store.known(set.namespace.as_str())?;
    let nothing = match store.wire {
        Wire::Current | Wire::Network => {
            json!({"code": 404, "status": "Not Found", "message": "no relation tuple found"})
        }
        Wire::V0_7 => Value::Null,
    };
    Ok(of_set(store, &set, store.depth(depth), &mut HashSet::new()).unwrap_or(nothing))
}

/// `None` where nobody is in the set. A set is expanded where it is met first.
fn of_set(
    store: &Store,
    set: &SubjectSet,
    depth: u32,
    seen: &mut HashSet<SubjectSet>,
) -> Option<Value> {
    let subjects = store.subjects(set);
    if subjects.is_empty() || depth == 0 || !seen.insert(set.clone()) {
        return None;
    }
    let subject = Subject::Set(set.clone());
    if depth == 1 {
        return Some(node(store.wire, "leaf", &subject));
    }
    let mut union = node(store.wire, "union", &subject);
    let child = |subject: &Subject| {
        let below = match subject {
            Subject::Set(set) => of_set(store, set, depth - 1, seen),
            Subject::Id(_) => None,
        };
        below.unwrap_or_else(|| node(store.wire, "leaf", subject))
    };
    union["children"] = subjects.iter().map(child).collect();
    Some(union)
}

fn node(wire: Wire, kind: &str, subject: &Subject) -> Value {
    let mut place = match subject {
        Subject::Id(id) => json!({"subject_id": id}),
        Subject::Set(set) => json!({"subject_set": set}),
    };
    if wire == Wire::V0_7 {
        place["type"] = kind.into();
        return place;
    }
    for name in ["namespace", "object", "relation"] {
        place[name] = "".into();
    }
    json!({"type": kind, "tuple": place})
}
