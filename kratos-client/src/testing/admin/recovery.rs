//! Recovering somebody's account for them.

use crate::testing::{
    config::CODE_LIFESPAN,
    flow::{Flow, Kind},
    random,
    state::{Answer, Kratos},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use ory_http::testing::{Call, ErrorEnvelope, json};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Body {
    identity_id: String,
    expires_in: Option<String>,
    flow_type: Option<String>,
}

impl Body {
    fn parse(call: &Call<'_>) -> Result<Self, ErrorEnvelope> {
        call.json().map_err(|error| ErrorEnvelope::bad_request(error.to_string()))
    }

    fn expires_at(&self) -> Result<Timestamp, ErrorEnvelope> {
        let lifespan = self.expires_in.as_ref().map(|text| text.parse::<SignedDuration>());
        let wrong = |_| ErrorEnvelope::bad_request("Unable to parse \"expires_in\".");
        Ok(Timestamp::now() + lifespan.transpose().map_err(wrong)?.unwrap_or(CODE_LIFESPAN))
    }

    /// The flow that begins after a code or a token was sent.
    fn flow(&self, kratos: &Kratos, call: &Call<'_>, code: String) -> Result<Flow, ErrorEnvelope> {
        let sent = (code, self.identity_id.clone());
        let mut flow = Flow::with_code(kratos, call, Kind::Recovery, sent, None);
        flow.expires_at = self.expires_at()?;
        flow.is_open = true;
        if self.flow_type.as_deref() == Some("api") {
            flow.csrf = None;
        }
        Ok(flow)
    }
}

pub(in crate::testing) fn create_code(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let body = Body::parse(call)?;
    let identity = data.identity(&body.identity_id);
    let identity = identity.map_err(|error| error.reason("could not find identity"))?;
    let address = identity.recovery_addresses.first().map(|address| address.value.clone());
    let code = random::code();
    let mut flow = body.flow(kratos, call, code.clone())?;
    flow.code.address = Some(address.unwrap_or_default());
    let response = json!({
        "recovery_link": kratos.flow_ui(&flow),
        "recovery_code": code,
        "expires_at": flow.expires_at,
    });
    data.flows.put(flow);
    Ok(json(StatusCode::CREATED, &response))
}

pub(in crate::testing) fn create_link(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let body = Body::parse(call)?;
    if data.identity(&body.identity_id).is_err() {
        let reason = "The requested identity id does not exist.";
        return Err(ErrorEnvelope::bad_request(reason));
    }
    let token = random::text(32);
    let flow = body.flow(kratos, call, token.clone())?;
    let mut link = kratos.config.public_url("self-service/recovery");
    link.query_pairs_mut().append_pair("flow", &flow.id).append_pair("token", &token);
    let response = json!({"recovery_link": link, "expires_at": flow.expires_at});
    data.flows.put(flow);
    Ok(json(StatusCode::OK, &response))
}
