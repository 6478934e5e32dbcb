//! The [`AdminSessions`] trait: managing the sessions of all identities by the admin API.

use crate::api::admin::manage_sessions::{ManageSessions, ManagedSessions};
use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::{session::SessionId, session_record::SessionRecord};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};

/// Reads, revokes and extends the sessions of all identities by the admin API.
///
/// # Errors
/// Kratos v0.8 has none of these operations: they fail with
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/identity/operation/listSessions>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait AdminSessions: Send + Sync {
    /// Fetches one page of the sessions that match, newest first.
    /// [`AdminSessionsExt::list_sessions`] streams all pages.
    #[doc(alias = "listSessions")]
    async fn list_sessions_page(
        &self,
        request: &ListSessions,
    ) -> Result<Page<SessionRecord>, Error>;

    /// Fetches a session by its id.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) if there is no session with this id.
    #[doc(alias = "getSession")]
    async fn get_session(
        &self,
        id: &SessionId,
        options: &GetSessionOptions,
    ) -> Result<SessionRecord, Error>;

    /// Revokes a session. Lists contain it as an inactive session from then on.
    #[doc(alias = "disableSession")]
    async fn disable_session(&self, id: &SessionId) -> Result<(), Error>;

    /// Extends a session by the configured session lifespan. Returns `None` if the server is
    /// configured to respond without the session.
    #[doc(alias = "extendSession")]
    async fn extend_session(&self, id: &SessionId) -> Result<Option<SessionRecord>, Error>;

    /// Disables or deletes many sessions with one request. Newer than Kratos v26.2.
    ///
    /// # Errors
    /// [`crate::ErrorKind::InvalidInput`] of no ids, of more than 500, and of an id `*`;
    /// [`crate::ErrorKind::Unsupported`] of Kratos v26.2 and older.
    #[doc(alias = "manageSessions")]
    async fn manage_sessions(&self, request: &ManageSessions) -> Result<ManagedSessions, Error>;
}

/// Streams over the lists of [`AdminSessions`], implemented for every [`AdminSessions`].
pub trait AdminSessionsExt: AdminSessions {
    /// Streams all sessions that match and fetches pages on demand. The stream ends after the
    /// first error.
    fn list_sessions(&self, request: ListSessions) -> BoxStream<'_, Result<SessionRecord, Error>> {
        all_pages!(self.list_sessions_page(request), "list sessions")
    }
}

impl<T: AdminSessions + ?Sized> AdminSessionsExt for T {}

/// An optional part of a session that the server includes on request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionExpand {
    /// The identity.
    Identity,
    /// The devices.
    Devices,
}

impl SessionExpand {
    /// The value of the `expand` query parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Devices => "devices",
        }
    }
}

/// The options of [`AdminSessions::get_session`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetSessionOptions {
    /// The optional parts to include.
    pub expand: Vec<SessionExpand>,
}

impl GetSessionOptions {
    /// Reads a session without identity and devices.
    pub fn new() -> Self {
        Self::default()
    }

    /// Includes an optional part. Can be called several times.
    #[must_use]
    pub fn expand(mut self, part: SessionExpand) -> Self {
        self.expand.push(part);
        self
    }
}

/// The filter and the page of a list of sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListSessions {
    /// Whether to list active or inactive sessions; `None` for both.
    pub active: Option<bool>,
    /// The optional parts to include.
    pub expand: Vec<SessionExpand>,
    /// The page.
    pub page: PageRequest,
}

impl ListSessions {
    /// Lists all sessions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists only active (`true`) or only inactive (`false`) sessions.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    /// Includes an optional part of each session. Can be called several times.
    #[must_use]
    pub fn expand(mut self, part: SessionExpand) -> Self {
        self.expand.push(part);
        self
    }

    page_methods!();
}
