//! Everybody's sessions.

use crate::api::page::PageRequest;
use crate::api::page::all_pages;
use crate::api::page::page_methods;
use crate::model::session::{SessionId, SessionRecord};
use async_trait::async_trait;
use auto_impl::auto_impl;
use futures_util::stream::{BoxStream, StreamExt};
use ory_http::{Error, Page};

/// Looks at anybody's sessions and ends them. It needs the admin API; v0.8 has none of these
/// operations.
///
/// See <https://www.ory.com/docs/kratos/reference/api#tag/identity/operation/listSessions>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait AdminSessions: Send + Sync {
    /// One page of all sessions, the newest first. [`AdminSessionsExt::list_sessions`] walks all
    /// pages.
    #[doc(alias = "listSessions")]
    async fn list_sessions_page(
        &self,
        request: &ListSessions,
    ) -> Result<Page<SessionRecord>, Error>;

    /// A session, with what is asked for beside it.
    #[doc(alias = "getSession")]
    async fn get_session(
        &self,
        id: &SessionId,
        expand: &[SessionExpand],
    ) -> Result<SessionRecord, Error>;

    /// Ends a session. It stays in lists as one that is not active.
    #[doc(alias = "disableSession")]
    async fn disable_session(&self, id: &SessionId) -> Result<(), Error>;

    /// Lets a session last as long again as a new one. `None` where the server is configured not
    /// to tell the session.
    #[doc(alias = "extendSession")]
    async fn extend_session(&self, id: &SessionId) -> Result<Option<SessionRecord>, Error>;
}

/// What every [`AdminSessions`] can do by its own operations.
pub trait AdminSessionsExt: AdminSessions {
    /// All sessions that match, page by page as they are consumed. Ends after the first error.
    fn list_sessions(&self, request: ListSessions) -> BoxStream<'_, Result<SessionRecord, Error>> {
        all_pages!(self.list_sessions_page(request), "list sessions")
    }
}

impl<T: AdminSessions + ?Sized> AdminSessionsExt for T {}

/// What a session is told with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionExpand {
    /// Whose it is.
    Identity,
    /// Where it has been used.
    Devices,
}

impl SessionExpand {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Devices => "devices",
        }
    }
}

/// Which page of which sessions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListSessions {
    pub(crate) active: Option<bool>,
    pub(crate) expand: Vec<SessionExpand>,
    pub(crate) page: PageRequest,
}

impl ListSessions {
    /// All sessions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only active sessions, or only those that are not.
    #[must_use]
    pub fn active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }

    /// Tells more of each session. Call it once for each.
    #[must_use]
    pub fn expand(mut self, what: SessionExpand) -> Self {
        self.expand.push(what);
        self
    }

    page_methods!();
}
