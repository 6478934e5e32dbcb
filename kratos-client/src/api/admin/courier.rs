//! The [`Courier`] trait: messages that Kratos sends by email and SMS.

use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::courier_message::{CourierMessage, CourierMessageId, CourierMessageStatus};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};

/// Reads the courier's message queue by the admin API.
///
/// Kratos v0.8 has none of these operations: they fail with
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/courier>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Courier: Send + Sync {
    /// Fetches one page of the messages that match, newest first.
    /// [`CourierExt::list_courier_messages`] streams all pages.
    #[doc(alias = "listCourierMessages")]
    async fn list_courier_messages_page(
        &self,
        request: &ListCourierMessages,
    ) -> Result<Page<CourierMessage>, Error>;

    /// Fetches a message with its delivery attempts.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) if there is no message with this id.
    #[doc(alias = "getCourierMessage")]
    async fn get_courier_message(&self, id: &CourierMessageId) -> Result<CourierMessage, Error>;
}

/// Streams over the lists of [`Courier`], implemented for every [`Courier`].
pub trait CourierExt: Courier {
    /// Streams all messages that match and fetches pages on demand. The stream ends after the
    /// first error.
    fn list_courier_messages(
        &self,
        request: ListCourierMessages,
    ) -> BoxStream<'_, Result<CourierMessage, Error>> {
        all_pages!(self.list_courier_messages_page(request), "list courier messages")
    }
}

impl<T: Courier + ?Sized> CourierExt for T {}

/// The filters and the page of a list of courier messages. `Debug` redacts the recipient.
#[derive(Clone, derive_more::Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListCourierMessages {
    /// The delivery status to filter by.
    pub status: Option<CourierMessageStatus>,
    /// The recipient's address to filter by.
    #[debug("[redacted]")]
    pub recipient: Option<String>,
    /// The page.
    pub page: PageRequest,
}

impl ListCourierMessages {
    /// Lists all messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists only messages with this delivery status.
    #[must_use]
    pub fn status(mut self, status: CourierMessageStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Lists only messages to this address. The address becomes part of the request's URL.
    #[must_use]
    pub fn recipient(mut self, address: impl Into<String>) -> Self {
        self.recipient = Some(address.into());
        self
    }

    page_methods!();
}
