//! The messages of the courier.

use crate::testing::{
    my_sessions::uuid_parameter,
    pages::{Page, is_id},
    state::{Answer, Kratos},
};
use http::StatusCode;
use ory_http::testing::{Call, ErrorEnvelope, json};
use serde_json::json;

pub(in crate::testing) fn list(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let (recipient, status) = (call.query("recipient"), call.query("status"));
    let known = ["queued", "processing", "sent", "abandoned", "unknown"];
    if status.as_deref().is_some_and(|status| !known.contains(&status)) {
        return Err(ErrorEnvelope::bad_request("Message status is not valid"));
    }
    let page = Page::requested(call, 10, is_id)?;
    let messages = data.newest_messages_first().filter(|message| {
        recipient.as_deref().is_none_or(|recipient| message.recipient == recipient)
            && status.as_deref().is_none_or(|status| message.status == status)
    });
    let messages = messages.map(|message| (message.id.as_str(), message));
    Ok(page.response(call, messages, |message| json!(message)))
}

pub(in crate::testing) fn get(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let id = uuid_parameter(call)?;
    let message = data.newest_messages_first().find(|message| message.id == id);
    Ok(json(StatusCode::OK, message.ok_or_else(ErrorEnvelope::not_found)?))
}
