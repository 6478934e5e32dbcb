//! Disabling or deleting many sessions with one request.

use crate::model::{identity::IdentityId, session::SessionId};
use ory_http::Error;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A request that disables or deletes many sessions.
///
/// ```
/// use kratos_client::{ManageSessions, SessionSelection};
///
/// let logout_everywhere =
///     ManageSessions::disable(SessionSelection::OfIdentities(vec!["an-identity-id".into()]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManageSessions {
    action: ManageSessionsAction,
    selection: SessionSelection,
}

/// What happens to the selected sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ManageSessionsAction {
    /// The sessions become inactive and stay in lists.
    Disable,
    /// The sessions are deleted permanently.
    Delete,
}

/// The sessions that a [`ManageSessions`] request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionSelection {
    /// All sessions of these identities, 1 to 500 of them.
    OfIdentities(Vec<IdentityId>),
    /// These sessions, 1 to 500 of them.
    Sessions(Vec<SessionId>),
    /// Every session of every identity of the server.
    EverySession,
}

/// The largest number of ids in one request.
const MAX_IDS: usize = 500;

/// What the server takes for every identity.
const EVERY_IDENTITY: &str = "*";

impl ManageSessions {
    /// Disables the selected sessions.
    pub fn disable(selection: SessionSelection) -> Self {
        Self { action: ManageSessionsAction::Disable, selection }
    }

    /// Deletes the selected sessions.
    pub fn delete(selection: SessionSelection) -> Self {
        Self { action: ManageSessionsAction::Delete, selection }
    }

    /// What happens to the selected sessions.
    pub fn action(&self) -> ManageSessionsAction {
        self.action
    }

    /// The sessions that the request is about.
    pub fn selection(&self) -> &SessionSelection {
        &self.selection
    }

    /// The JSON of the request. An id that would select every session is refused, so that only
    /// [`SessionSelection::EverySession`] does that.
    pub(crate) fn body(&self, operation: &'static str) -> Result<ManageSessionsBody<'_>, Error> {
        let body =
            |identities, sessions| ManageSessionsBody { action: self.action, identities, sessions };
        let checked = |ids: Vec<_>| match ids.as_slice() {
            [] => Err(Error::invalid_input(operation, "no id is given")),
            ids if ids.len() > MAX_IDS => {
                Err(Error::invalid_input(operation, "more than 500 ids are given"))
            }
            ids if ids.contains(&EVERY_IDENTITY) => {
                let problem = "\"*\" is not an id; use SessionSelection::EverySession";
                Err(Error::invalid_input(operation, problem))
            }
            _ => Ok(Some(ids)),
        };
        Ok(match &self.selection {
            SessionSelection::OfIdentities(ids) => {
                body(checked(ids.iter().map(IdentityId::as_str).collect())?, None)
            }
            SessionSelection::Sessions(ids) => {
                body(None, checked(ids.iter().map(SessionId::as_str).collect())?)
            }
            SessionSelection::EverySession => body(Some(vec![EVERY_IDENTITY]), None),
        })
    }
}

#[skip_serializing_none]
#[derive(Serialize)]
pub(crate) struct ManageSessionsBody<'a> {
    action: ManageSessionsAction,
    identities: Option<Vec<&'a str>>,
    sessions: Option<Vec<&'a str>>,
}

/// The result of a [`ManageSessions`] request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "there may be more sessions"]
#[non_exhaustive]
pub struct ManagedSessions {
    /// The number of sessions that were disabled or deleted. Sessions that were inactive already
    /// are not counted as disabled.
    pub processed: u64,
    /// Whether the server stopped at its limit for one request, so that the same request has to be
    /// sent again. Only [`SessionSelection::EverySession`] leads to this.
    pub more: bool,
}

impl ManagedSessions {
    /// A result, for mocks of [`crate::AdminSessions`].
    pub fn new(processed: u64, more: bool) -> Self {
        Self { processed, more }
    }
}
