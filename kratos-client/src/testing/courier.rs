//! The messages of the courier, which are listed instead of sent.

use super::random;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The number of messages that are kept.
pub(super) const MAX_MESSAGES: usize = 1_000;

#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) status: String,
    #[serde(rename = "type")]
    kind: String,
    pub(super) recipient: String,
    pub(super) body: String,
    subject: String,
    template_type: String,
    channel: String,
    send_count: u32,
    pub(super) created_at: Timestamp,
    updated_at: Timestamp,
}

impl Message {
    fn new(recipient: &str, template_type: &str, subject: String, body: String) -> Self {
        let now = Timestamp::now();
        Self {
            id: random::id(),
            status: "queued".into(),
            kind: "email".into(),
            recipient: recipient.to_owned(),
            body,
            subject,
            template_type: template_type.into(),
            channel: "email".into(),
            send_count: 0,
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) fn recovery_code(recipient: &str, code: &str) -> Self {
        let body = format!(
            "Recover access to your account by entering the following code:\n\n{code}\n\nIf this \
             was not you, do nothing. This code expires in 60 minutes.\n",
        );
        let subject = format!("Use code {code} to recover access to your account");
        Self::new(recipient, "recovery_code_valid", subject, body)
    }

    pub(super) fn verification_code(recipient: &str, code: &str, link: &str) -> Self {
        let body = format!(
            "Verify your account with the following code:\n\n{code}\n\nor clicking the following \
             link:\n\n{link}\n\nIf this was not you, do nothing. This code / link expires in 60 \
             minutes.\n",
        );
        let subject = format!("Use code {code} to verify your account");
        Self::new(recipient, "verification_code_valid", subject, body)
    }

    /// The code that the message contains.
    pub(super) fn code(&self) -> Option<&str> {
        self.body.lines().find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit()))
    }
}
