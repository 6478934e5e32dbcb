//! What Kratos wrote to people.

use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::courier_message::{CourierMessage, CourierMessageId, CourierMessageStatus};
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
    /// One page of the messages that match, the newest first. [`CourierExt::list_courier_messages`] walks
    /// all pages.
    #[doc(alias = "listCourierMessages")]
    async fn list_courier_messages_page(&self, request: &ListCourierMessages) -> Result<Page<CourierMessage>, Error>;

    /// A message, with each attempt to send it.
    #[doc(alias = "getCourierMessage")]
    async fn get_courier_message(&self, id: &CourierMessageId) -> Result<CourierMessage, Error>;
}

/// What every [`Courier`] can do by its own operations.
pub trait CourierExt: Courier {
    /// All messages that match, page by page as they are consumed. Ends after the first error.
    fn list_courier_messages(&self, request: ListCourierMessages) -> BoxStream<'_, Result<CourierMessage, Error>> {
        all_pages!(self.list_courier_messages_page(request), "list courier messages")
    }
}

impl<T: Courier + ?Sized> CourierExt for T {}

/// Which page of which messages. `Debug` hides the recipient.
#[derive(Clone, derive_more::Debug, Default, PartialEq, Eq)]
pub struct ListCourierMessages {
    pub(crate) status: Option<CourierMessageStatus>,
    #[debug("[redacted]")]
    pub(crate) recipient: Option<String>,
    pub(crate) page: PageRequest,
}

impl ListCourierMessages {
    /// All messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only messages that are this far.
    #[must_use]
    pub fn status(mut self, status: CourierMessageStatus) -> Self {
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
