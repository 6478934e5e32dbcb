//! Reading a flow.

use super::{Flow, Kind, create::settings_session};
use crate::testing::{
    browser::{csrf_violation, owns},
    state::{Answer, Kratos},
};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, json};
use serde_json::json;

pub(in crate::testing) fn get(kratos: &Kratos, call: &Call<'_>, kind: Kind) -> Answer {
    let data = kratos.data();
    let flow = call.query("id").and_then(|id| data.flows.get(kind, &id));
    if kind == Kind::Settings {
        settings_session(kratos, &data, call, flow)?;
    }
    let flow = flow.ok_or_else(ErrorEnvelope::not_found)?;
    if !owns(call, flow) && kind != Kind::Settings {
        return Err(csrf_violation());
    }
    if flow.is_expired() {
        return Err(expired(kratos, flow));
    }
    Ok(json(StatusCode::OK, &flow.json(&kratos.config, &data)))
}

/// 410, which sends a browser to a new flow.
fn expired(kratos: &Kratos, flow: &Flow) -> ErrorEnvelope {
    let path = format!("self-service/{}/browser", flow.kind.name());
    let mut redirect_to = kratos.config.public_url(&path);
    let mut details = json!({});
    if let Some(return_to) = &flow.return_to {
        redirect_to.query_pairs_mut().append_pair("return_to", return_to.as_str());
        details["return_to"] = json!(return_to);
    }
    details["redirect_to"] = json!(redirect_to);
    let error = ErrorEnvelope::new(StatusCode::GONE, "self-service flow expired")
        .id("self_service_flow_expired")
        .reason(format!(
            "The {} flow has expired. Redirect the user to a new one.",
            flow.kind.name()
        ));
    match flow.is_native() {
        true => error,
        false => error.details(details),
    }
}
