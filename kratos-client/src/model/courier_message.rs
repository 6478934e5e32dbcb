//! The messages of Kratos's courier. They contain addresses and codes, which `Debug` redacts.

use crate::model::{
    ExtraFields, lenient::text_fields, lenient_object::lenient_object, text_enum::text_enum,
};
use derive_more::Debug;
use jiff::Timestamp;
use serde_json::Value;

ory_http::text_newtype! {
    /// The id of a courier message: a UUID.
    CourierMessageId
}

text_fields!(CourierMessageId);

text_enum! {
    /// The delivery status of a message.
    CourierMessageStatus {
        /// The message waits in the queue.
        Queued = "queued",
        /// The message was sent.
        Sent = "sent",
        /// The message is being sent.
        Processing = "processing",
        /// The message could not be sent, and will not be retried.
        Abandoned = "abandoned",
    }
}

text_enum! {
    /// The type of a message.
    CourierMessageType {
        /// An email.
        Email = "email",
        /// A text message.
        Phone = "phone",
    }
}

text_enum! {
    /// The result of a delivery attempt.
    MessageDispatchStatus {
        /// The message was sent.
        Success = "success",
        /// The message could not be sent.
        Failed = "failed",
    }
}

/// A message of Kratos's courier. `Debug` redacts recipient, subject and body.
///
/// See <https://www.ory.com/docs/kratos/self-hosted/mail-courier-selfhosted>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CourierMessage {
    /// The id.
    pub id: CourierMessageId,
    /// The delivery status.
    pub status: CourierMessageStatus,
    /// The type.
    pub message_type: CourierMessageType,
    /// The recipient's address.
    #[debug("[redacted]")]
    pub recipient: String,
    /// The body, which contains the code or link.
    #[debug("[redacted]")]
    pub body: String,
    /// The subject, which contains the code in Kratos v26.2.
    #[debug("[redacted]")]
    pub subject: String,
    /// The name of the template, such as `recovery_code_valid`.
    pub template_type: String,
    /// The id of the channel that sends the message.
    pub channel: Option<String>,
    /// The number of delivery attempts.
    pub send_count: i64,
    /// The delivery attempts. Lists do not include them.
    pub dispatches: Option<Vec<MessageDispatch>>,
    /// The time at which the message was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl CourierMessage {
    /// A queued email without content, such as for a test.
    pub fn new(id: impl Into<CourierMessageId>, recipient: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            status: CourierMessageStatus::Queued,
            message_type: CourierMessageType::Email,
            recipient: recipient.into(),
            body: String::new(),
            subject: String::new(),
            template_type: String::new(),
            channel: None,
            send_count: 0,
            dispatches: None,
            created_at: None,
            updated_at: None,
            extra: ExtraFields::new(),
        }
    }
}

/// A delivery attempt of a message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MessageDispatch {
    /// The id.
    pub id: String,
    /// The id of the message.
    pub message_id: CourierMessageId,
    /// The result.
    pub status: MessageDispatchStatus,
    /// The error of a failed attempt. It can contain the recipient's address.
    #[debug("[redacted]")]
    pub error: Option<Value>,
    /// The time at which the attempt was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl MessageDispatch {
    /// An attempt to deliver a message.
    pub fn new(message_id: impl Into<CourierMessageId>, status: MessageDispatchStatus) -> Self {
        Self {
            id: String::new(),
            message_id: message_id.into(),
            status,
            error: None,
            created_at: None,
            updated_at: None,
            extra: ExtraFields::new(),
        }
    }
}

lenient_object!(CourierMessage {
    needed: [id],
    lenient: [
        status, message_type as "type", recipient, body, subject, template_type, channel,
        send_count, dispatches, created_at, updated_at
    ]
});

lenient_object!(MessageDispatch {
    needed: [],
    lenient: [id, message_id, status, error, created_at, updated_at]
});
