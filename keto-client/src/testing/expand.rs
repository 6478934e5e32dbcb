//! Expanding subject sets.

use super::{KetoVersion, check::max_depth, routes::Answer, state::Keto};
use crate::model::subject::{Subject, SubjectSet};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, json};
use serde_json::{Value, json};
use std::collections::HashSet;

pub(super) fn expand(keto: &Keto, call: &Call<'_>) -> Answer {
    let depth = max_depth(call)?;
    if depth.is_none() && keto.version == KetoVersion::V0_7 {
        let message = "required query parameter 'max-depth' is missing";
        return Err(ErrorEnvelope::new(StatusCode::BAD_REQUEST, message));
    }
    let get = |name| call.query(name).unwrap_or_default().into_owned();
    let set = SubjectSet::new(get("namespace"), get("object"), get("relation"));
    keto.knows(set.namespace.as_str())?;
    let nothing = match keto.version {
        KetoVersion::V0_7 => Value::Null,
        _ => json!({"code": 404, "status": "Not Found", "message": "no relation tuple found"}),
    };
    let tree = subject_set(keto, &set, keto.expand_depth(depth), &mut HashSet::new());
    Ok(json(StatusCode::OK, &tree.unwrap_or(nothing)))
}

/// `None` if the set is empty. A set is expanded where it is reached first.
fn subject_set(
    keto: &Keto,
    set: &SubjectSet,
    depth: u32,
    seen: &mut HashSet<SubjectSet>,
) -> Option<Value> {
    let subjects = keto.direct_subjects(set);
    if subjects.is_empty() || depth == 0 || !seen.insert(set.clone()) {
        return None;
    }
    let subject = Subject::Set(set.clone());
    if depth == 1 {
        return Some(node(keto.version, "leaf", &subject));
    }
    let mut union = node(keto.version, "union", &subject);
    let child = |subject: &Subject| {
        let below = match subject {
            Subject::Set(set) => subject_set(keto, set, depth - 1, seen),
            Subject::Id(_) => None,
        };
        below.unwrap_or_else(|| node(keto.version, "leaf", subject))
    };
    union["children"] = subjects.iter().map(child).collect();
    Some(union)
}

fn node(version: KetoVersion, kind: &str, subject: &Subject) -> Value {
    let mut tuple = match subject {
        Subject::Id(id) => json!({"subject_id": id}),
        Subject::Set(set) => json!({"subject_set": set}),
    };
    if version == KetoVersion::V0_7 {
        tuple["type"] = kind.into();
        return tuple;
    }
    for name in ["namespace", "object", "relation"] {
        tuple[name] = "".into();
    }
    json!({"type": kind, "tuple": tuple})
}
