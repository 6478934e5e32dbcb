//! What Kratos wrote to people.

use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::message::{Message, MessageId, MessageStatus};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};

/// Looks at the messages that Kratos sends. It needs the admin API; v0.8 has none of these
/// operations.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/courier>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Courier: Send + Sync {
    /// One page of the messages that match, the newest first. [`CourierExt::list_messages`] walks
    /// all pages.
    #[doc(alias = "listCourierMessages")]
    async fn list_messages_page(&self, request: &ListMessages) -> Result<Page<Message>, Error>;

    /// A message, with each attempt to send it.
    #[doc(alias = "getCourierMessage")]
    async fn get_message(&self, id: &MessageId) -> Result<Message, Error>;
}

/// What every [`Courier`] can do by its own operations.
pub trait CourierExt: Courier {
    /// All messages that match, page by page as they are consumed. Ends after the first error.
    fn list_messages(&self, request: ListMessages) -> BoxStream<'_, Result<Message, Error>> {
        all_pages!(self.list_messages_page(request), "list courier messages")
    }
}

impl<T: Courier + ?Sized> CourierExt for T {}

/// Which page of which messages. `Debug` hides the recipient.
#[derive(Clone, derive_more::Debug, Default, PartialEq, Eq)]
pub struct ListMessages {
    pub(crate) status: Option<MessageStatus>,
    #[debug("[redacted]")]
    pub(crate) recipient: Option<String>,
    pub(crate) page: PageRequest,
}

impl ListMessages {
    /// All messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only messages that are this far.
    #[must_use]
    pub fn status(mut self, status: MessageStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only messages to this address. It goes into the URL.
    #[must_use]
    pub fn recipient(mut self, address: impl Into<String>) -> Self {
        self.recipient = Some(address.into());
        self
    }

    page_methods!();
}
