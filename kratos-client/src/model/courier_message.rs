//! Messages that Kratos sends. They hold addresses and codes, so `Debug` hides what they say.

use crate::model::{
    Extra, lenient::text_fields, lenient_object::lenient_object, text_enum::text_enum,
};
use derive_more::Debug;
use jiff::Timestamp;
use serde_json::Value;

ory_http::text_newtype! {
    /// The id of a message: a UUID.
    CourierMessageId
}

text_fields!(CourierMessageId);

text_enum! {
    /// How far a message is.
    CourierMessageStatus {
        /// It waits to be sent.
        Queued = "queued",
        /// It was handed on.
        Sent = "sent",
        /// It is being sent.
        Processing = "processing",
        /// It could not be sent, and is not tried again.
        Abandoned = "abandoned",
    }
}

text_enum! {
    /// What a message is sent by.
    CourierMessageType {
        /// An email.
        Email = "email",
        /// A text message.
        Phone = "phone",
    }
}

text_enum! {
    /// How an attempt to send a message ended.
    MessageDispatchStatus {
        /// The message was handed on.
        Success = "success",
        /// It was not.
        Failed = "failed",
    }
}

/// A message of Kratos's courier. `Debug` hides recipient, subject and body.
///
/// See <https://www.ory.com/docs/kratos/self-hosted/mail-courier-selfhosted>.
#[derive(Clone, Debug, PartialEq)]
pub struct CourierMessage {
    /// The id.
    pub id: CourierMessageId,
    /// How far it is.
    pub status: CourierMessageStatus,
    /// What it is sent by.
    pub kind: CourierMessageType,
    /// Whom it is for.
    #[debug("[redacted]")]
    pub recipient: String,
    /// The text, with the code or link in it.
    #[debug("[redacted]")]
    pub body: String,
    /// The subject; today's server puts the code into it, too.
    #[debug("[redacted]")]
    pub subject: String,
    /// The template that it was made from, such as `recovery_code_valid`.
    pub template_type: String,
    /// The channel that sends it.
    pub channel: Option<String>,
    /// How often sending was tried.
    pub send_count: i64,
    /// Each attempt. Lists leave them out.
    pub dispatches: Option<Vec<MessageDispatch>>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// One attempt to send a message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageDispatch {
    /// The id.
    pub id: String,
    /// The message.
    pub message_id: CourierMessageId,
    /// How it ended.
    pub status: MessageDispatchStatus,
    /// What went wrong; it can quote the recipient.
    #[debug("[redacted]")]
    pub error: Option<Value>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(CourierMessage {
    needed: [id],
    lenient: [
        status, kind as "type", recipient, body, subject, template_type, channel, send_count,
        dispatches, created_at, updated_at
    ]
});

lenient_object!(MessageDispatch {
    needed: [],
    lenient: [id, message_id, status, error, created_at, updated_at]
});
