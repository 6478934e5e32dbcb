//! The outcome of creating a flow.

use crate::flow::{kind::FlowKind, model::Flow};
use derive_more::Debug;
use url::Url;

/// The outcome of creating a flow.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "there may be no flow"]
#[non_exhaustive]
pub enum CreateFlowOutcome<K: FlowKind> {
    /// The server created the flow.
    Flow(Box<Flow<K>>),
    /// The caller has a session already.
    /// [`CreateFlowOptions::refresh`](crate::flow::CreateFlowOptions::refresh) and
    /// [`CreateFlowOptions::aal`](crate::flow::CreateFlowOptions::aal) create a login flow
    /// nevertheless.
    AlreadyLoggedIn,
    /// The caller has no active session, and the flow requires one: settings, or the second factor
    /// of a login.
    NoSession,
    /// Settings: the session requires a second factor.
    SecondFactorRequired {
        /// The URL at which a browser completes the second factor.
        #[debug("[redacted]")]
        redirect_to: Option<Url>,
    },
}

impl<K: FlowKind> CreateFlowOutcome<K> {
    /// The flow, if the server created one.
    pub fn into_flow(self) -> Option<Flow<K>> {
        match self {
            Self::Flow(flow) => Some(*flow),
            _ => None,
        }
    }
}
