//! The outcome of fetching a flow.

use crate::flow::{kind::FlowKind, model::Flow};
use derive_more::Debug;
use url::Url;

/// The outcome of fetching a flow.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "the flow may have expired"]
#[non_exhaustive]
pub enum GetFlowOutcome<K: FlowKind> {
    /// The flow exists.
    Flow(Box<Flow<K>>),
    /// The flow has expired. Create a new one.
    Gone {
        /// The URL at which a browser creates a new flow with the same `return_to`. `None` for a
        /// native app.
        #[debug("[redacted]")]
        redirect_to: Option<Url>,
    },
    /// Settings: the caller has no active session.
    NoSession,
    /// Settings: the session requires a second factor.
    SecondFactorRequired {
        /// The URL at which a browser completes the second factor.
        #[debug("[redacted]")]
        redirect_to: Option<Url>,
    },
}

impl<K: FlowKind> GetFlowOutcome<K> {
    /// The flow, if it exists.
    pub fn into_flow(self) -> Option<Flow<K>> {
        match self {
            Self::Flow(flow) => Some(*flow),
            _ => None,
        }
    }
}
